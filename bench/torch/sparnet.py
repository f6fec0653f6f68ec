"""SPARNet (arXiv 2012.01211) in PyTorch, for comparison: written from the paper's figures and the conventions of
vectors/README.md. Its state dict has the released names."""

from math import log2

import torch
import torch.nn.functional as F
from torch import nn

ACTIVATIONS = {
    "leakyrelu": lambda channels: nn.LeakyReLU(0.2, inplace=True),
    "prelu": lambda channels: nn.PReLU(channels),
}
NORMS = {
    "bn": nn.BatchNorm2d,
    "in": lambda channels: nn.InstanceNorm2d(channels, affine=True),
}
# For one map for all channels, or one a channel.
ATTENTIONS = {"spar": lambda channels: 1, "spar3d": lambda channels: channels}


class Norm(nn.Module):
    def __init__(self, kind, channels):
        super().__init__()
        self.norm = NORMS[kind](channels)

    def forward(self, x):
        return self.norm(x)


class Activation(nn.Module):
    def __init__(self, kind, channels):
        super().__init__()
        self.func = ACTIVATIONS[kind](channels)

    def forward(self, x):
        return self.func(x)


class ConvLayer(nn.Module):
    """Scale, reflection padding, 3x3 convolution, norm, activation. With a bias only where no norm follows."""

    def __init__(self, c_in, c_out, scale="none", norm=None, activation=None):
        super().__init__()
        self.up = scale == "up"
        self.conv2d = nn.Conv2d(c_in, c_out, 3, stride=2 if scale == "down" else 1, bias=norm is None)
        self.norm = Norm(norm, c_out) if norm else nn.Identity()
        self.relu = Activation(activation, c_out) if activation else nn.Identity()

    def forward(self, x):
        if self.up:
            x = F.interpolate(x, scale_factor=2, mode="nearest")
        return self.relu(self.norm(self.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect"))))


class Attention(nn.Module):
    """The attention branch of a Face Attention Unit (figure 3, right): an hourglass makes the map that scales x."""

    def __init__(self, channels, map_channels, depth, width, norm, activation):
        super().__init__()
        self.depth = depth
        for level in range(depth, 0, -1):
            c_in = channels if level == depth else width
            self.add_module(f"b1_{level}", ConvLayer(c_in, width, "none", norm, activation))
            self.add_module(f"b2_{level}", ConvLayer(c_in, width, "down", norm, activation))
            self.add_module(f"b3_{level}", ConvLayer(width, width, "up", norm, activation))
        self.b2_plus_1 = ConvLayer(width, width, "none", norm, activation)
        self.out_block = nn.Sequential(ConvLayer(width, map_channels), nn.Sigmoid())

    def hourglass(self, x, level):
        if level == 0:
            return self.b2_plus_1(x)
        around = self.get_submodule(f"b1_{level}")(x)
        smaller = self.hourglass(self.get_submodule(f"b2_{level}")(x), level - 1)
        back = self.get_submodule(f"b3_{level}")(smaller)
        return around + back[:, :, : around.shape[2], : around.shape[3]]

    def forward(self, x):
        return x * self.out_block(self.hourglass(x, self.depth))


class FaceAttentionUnit(nn.Module):
    """Figure 3: a pre-activation residual block whose features are scaled by an attention map."""

    def __init__(self, c_in, c_out, scale, norm, activation, attention):
        super().__init__()
        if scale != "none" or c_in != c_out:
            self.shortcut_func = ConvLayer(c_in, c_out, scale)
        else:
            self.shortcut_func = nn.Identity()
        self.preact_func = nn.Sequential(Norm(norm, c_in), Activation(activation, c_in))
        self.conv1 = ConvLayer(c_in, c_out, "up" if scale == "up" else "none", norm, activation)
        self.conv2 = ConvLayer(c_out, c_out, "down" if scale == "down" else "none", norm)
        self.att_func = attention or nn.Identity()

    def forward(self, x):
        return self.shortcut_func(x) + self.att_func(self.conv2(self.conv1(self.preact_func(x))))


class Sparnet(nn.Module):
    """The arguments have the names of `config.arch` in the reference cases.

    hg_depth: "released" counts the hourglass' depth from log2(64 / bottleneck_size) in the first down block;
    "feature-size" is log2(size / bottleneck_size) of each unit's own features.
    """

    def __init__(
        self,
        *,
        in_size,
        out_size,
        min_feat_size,
        min_ch,
        max_ch,
        res_depth,
        relu_type,
        norm_type,
        att_name,
        bottleneck_size,
        hg_mid_ch,
        hg_depth="released",
    ):
        super().__init__()
        down = int(log2(in_size / min_feat_size))
        up = int(log2(out_size / min_feat_size))
        clip = lambda channels: min(max(channels, min_ch), max_ch)
        count = clip(max_ch // (down + 1))
        depth = int(log2(64 / bottleneck_size)) + 1
        size = in_size

        def unit(scale):
            nonlocal count, depth, size
            c_in = clip(count)
            if scale == "down":
                count, size, depth = count * 2, size // 2, depth - 1
            if scale == "up":
                count, size, depth = count // 2, size * 2, depth + 1
            c_out = clip(count)
            levels = depth if hg_depth == "released" else int(log2(size / bottleneck_size))
            attention = None
            if levels > 0:
                maps = ATTENTIONS[att_name](c_out)
                attention = Attention(c_out, maps, levels, hg_mid_ch, norm_type, relu_type)
            return FaceAttentionUnit(c_in, c_out, scale, norm_type, relu_type, attention)

        self.encoder = nn.Sequential(ConvLayer(3, clip(count)), *[unit("down") for _ in range(down)])
        self.res_layers = nn.Sequential(*[unit("none") for _ in range(res_depth + 3 - down)])
        self.decoder = nn.Sequential(*[unit("up") for _ in range(up)])
        self.out_conv = ConvLayer(clip(count), 3)

    def forward(self, x):
        return self.out_conv(self.decoder(self.res_layers(self.encoder(x))))
