"""The feature networks once more, in PyTorch: random weights, an image, and what it gives, as one safetensors file.

    python twin.py NETWORK FILE [--narrow]

NETWORK is squeezenet1_1, alexnet, vgg16, vgg19 or inception-fid. The architectures are written down here anew, after the
papers and the documentation of torchvision and pytorch-fid, so that a slip in one place shows. All is computed in
float64. `twin.ts` compares. A FILE that ends in .gz is compressed. Needs torch and safetensors.

Keys: weights/KEY, x [1,3,H,W] in [-1,1], tap/NAME, gradient (of the sum of mean(tap * tap) by x); for the networks of
LPIPS also heads/lin<i>.model.1.weight (the real ones, unless narrow), distance of x and x turned by half a turn with its
channels reversed, and distance-gradient by x (that picture held fixed).
"""

import argparse
import base64
import gzip
import pathlib
import re
import zlib

import torch
import torch.nn.functional as F
from safetensors.torch import load, save

NETS = {"squeezenet1_1": "squeeze", "alexnet": "alex", "vgg16": "vgg"}
MEAN = [0.485, 0.456, 0.406]
STD = [0.229, 0.224, 0.225]


class Weights:
    """Makes weights when a layer first asks for them."""

    def __init__(self, seed):
        self.random = torch.Generator().manual_seed(seed)
        self.dtype = torch.float64
        self.values = {}

    def get(self, key, make):
        if key not in self.values:
            self.values[key] = make().float()
        return self.values[key].to(self.dtype)

    def normal(self, *shape):
        return torch.randn(*shape, generator=self.random)

    def uniform(self, *shape):
        return torch.rand(*shape, generator=self.random)

    def conv(self, name, x, outputs, size, **options):
        rows, columns = (size, size) if isinstance(size, int) else size
        shape = (outputs, x.shape[1], rows, columns)
        gain = (2 / (x.shape[1] * rows * columns)) ** 0.5
        weight = self.get(name + ".weight", lambda: self.normal(*shape) * gain)
        bias = self.get(name + ".bias", lambda: self.normal(outputs) * 0.1)
        return F.conv2d(x, weight, bias, **options)

    def basic(self, name, x, outputs, size, **options):
        """A convolution without bias, batch norm (eps 0.001), ReLU."""
        rows, columns = (size, size) if isinstance(size, int) else size
        shape = (outputs, x.shape[1], rows, columns)
        gain = (2 / (x.shape[1] * rows * columns)) ** 0.5
        y = F.conv2d(x, self.get(name + ".conv.weight", lambda: self.normal(*shape) * gain), **options)
        gamma = self.get(name + ".bn.weight", lambda: 1 + 0.2 * self.normal(outputs))
        beta = self.get(name + ".bn.bias", lambda: 0.1 * self.normal(outputs))
        mean = self.get(name + ".bn.running_mean", lambda: 0.1 * self.normal(outputs))
        variance = self.get(name + ".bn.running_var", lambda: 0.5 + self.uniform(outputs))
        return F.relu(F.batch_norm(y, mean, variance, gamma, beta, training=False, eps=0.001))


def normalised(x):
    mean, std = (torch.tensor(values, dtype=x.dtype).view(1, 3, 1, 1) for values in (MEAN, STD))
    return ((x + 1) / 2 - mean) / std


def squeezenet(w, x, narrow):
    part = 16 if narrow else 1

    def fire(name, x, few, many):
        x = F.relu(w.conv(name + ".squeeze", x, few // part, 1))
        one = F.relu(w.conv(name + ".expand1x1", x, many // part, 1))
        three = F.relu(w.conv(name + ".expand3x3", x, many // part, 3, padding=1))
        return torch.cat([one, three], 1)

    def pool(x):
        return F.max_pool2d(x, 3, 2, ceil_mode=True)

    taps = {}
    x = taps["features.1"] = F.relu(w.conv("features.0", normalised(x), 64 // part, 3, stride=2))
    x = fire("features.3", pool(x), 16, 64)
    x = taps["features.4"] = fire("features.4", x, 16, 64)
    x = fire("features.6", pool(x), 32, 128)
    x = taps["features.7"] = fire("features.7", x, 32, 128)
    x = taps["features.9"] = fire("features.9", pool(x), 48, 192)
    x = taps["features.10"] = fire("features.10", x, 48, 192)
    x = taps["features.11"] = fire("features.11", x, 64, 256)
    x = taps["features.12"] = fire("features.12", x, 64, 256)
    return taps


def alexnet(w, x, narrow):
    widths = [4, 6, 5, 4, 3] if narrow else [64, 192, 384, 256, 256]
    taps = {}
    x = taps["features.1"] = F.relu(w.conv("features.0", normalised(x), widths[0], 11, stride=4, padding=2))
    x = F.max_pool2d(x, 3, 2)
    x = taps["features.4"] = F.relu(w.conv("features.3", x, widths[1], 5, padding=2))
    x = F.max_pool2d(x, 3, 2)
    x = taps["features.7"] = F.relu(w.conv("features.6", x, widths[2], 3, padding=1))
    x = taps["features.9"] = F.relu(w.conv("features.8", x, widths[3], 3, padding=1))
    x = taps["features.11"] = F.relu(w.conv("features.10", x, widths[4], 3, padding=1))
    return taps


def vgg(blocks, before, after):
    """Taps: layers by number, before or after their ReLU."""

    def network(w, x, narrow):
        widths = [2, 3, 4, 5, 4] if narrow else [64, 128, 256, 512, 512]
        taps = {}
        x = normalised(x)
        layer = 0
        for block, (width, convolutions) in enumerate(zip(widths, blocks)):
            if block > 0:
                x = F.max_pool2d(x, 2)
                layer += 1
            for _ in range(convolutions):
                x = w.conv(f"features.{layer}", x, width, 3, padding=1)
                if layer in before:
                    taps[f"features.{layer}"] = x
                x = F.relu(x)
                if layer + 1 in after:
                    taps[f"features.{layer + 1}"] = x
                layer += 2
        return taps

    return network


def inception(w, x, narrow):
    part = 64 if narrow else 1

    def basic(name, x, outputs, size, **options):
        return w.basic(name, x, max(outputs // part, 1), size, **options)

    def average(x):
        return F.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False)

    def mixed_a(name, x, pooled):
        one = basic(name + ".branch1x1", x, 64, 1)
        five = basic(name + ".branch5x5_1", x, 48, 1)
        five = basic(name + ".branch5x5_2", five, 64, 5, padding=2)
        three = basic(name + ".branch3x3dbl_1", x, 64, 1)
        three = basic(name + ".branch3x3dbl_2", three, 96, 3, padding=1)
        three = basic(name + ".branch3x3dbl_3", three, 96, 3, padding=1)
        pool = basic(name + ".branch_pool", average(x), pooled, 1)
        return torch.cat([one, five, three, pool], 1)

    def mixed_b(name, x):
        three = basic(name + ".branch3x3", x, 384, 3, stride=2)
        double = basic(name + ".branch3x3dbl_1", x, 64, 1)
        double = basic(name + ".branch3x3dbl_2", double, 96, 3, padding=1)
        double = basic(name + ".branch3x3dbl_3", double, 96, 3, stride=2)
        return torch.cat([three, double, F.max_pool2d(x, 3, 2)], 1)

    def mixed_c(name, x, inner):
        flat, tall = {"padding": (0, 3)}, {"padding": (3, 0)}
        one = basic(name + ".branch1x1", x, 192, 1)
        seven = basic(name + ".branch7x7_1", x, inner, 1)
        seven = basic(name + ".branch7x7_2", seven, inner, (1, 7), **flat)
        seven = basic(name + ".branch7x7_3", seven, 192, (7, 1), **tall)
        double = basic(name + ".branch7x7dbl_1", x, inner, 1)
        double = basic(name + ".branch7x7dbl_2", double, inner, (7, 1), **tall)
        double = basic(name + ".branch7x7dbl_3", double, inner, (1, 7), **flat)
        double = basic(name + ".branch7x7dbl_4", double, inner, (7, 1), **tall)
        double = basic(name + ".branch7x7dbl_5", double, 192, (1, 7), **flat)
        pool = basic(name + ".branch_pool", average(x), 192, 1)
        return torch.cat([one, seven, double, pool], 1)

    def mixed_d(name, x):
        three = basic(name + ".branch3x3_1", x, 192, 1)
        three = basic(name + ".branch3x3_2", three, 320, 3, stride=2)
        seven = basic(name + ".branch7x7x3_1", x, 192, 1)
        seven = basic(name + ".branch7x7x3_2", seven, 192, (1, 7), padding=(0, 3))
        seven = basic(name + ".branch7x7x3_3", seven, 192, (7, 1), padding=(3, 0))
        seven = basic(name + ".branch7x7x3_4", seven, 192, 3, stride=2)
        return torch.cat([three, seven, F.max_pool2d(x, 3, 2)], 1)

    def mixed_e(name, x, pool):
        one = basic(name + ".branch1x1", x, 320, 1)
        three = basic(name + ".branch3x3_1", x, 384, 1)
        flat = basic(name + ".branch3x3_2a", three, 384, (1, 3), padding=(0, 1))
        tall = basic(name + ".branch3x3_2b", three, 384, (3, 1), padding=(1, 0))
        double = basic(name + ".branch3x3dbl_1", x, 448, 1)
        double = basic(name + ".branch3x3dbl_2", double, 384, 3, padding=1)
        flat_double = basic(name + ".branch3x3dbl_3a", double, 384, (1, 3), padding=(0, 1))
        tall_double = basic(name + ".branch3x3dbl_3b", double, 384, (3, 1), padding=(1, 0))
        pooled = basic(name + ".branch_pool", pool(x), 192, 1)
        return torch.cat([one, flat, tall, flat_double, tall_double, pooled], 1)

    taps = {}
    x = F.interpolate((x + 1) / 2, size=(299, 299), mode="bilinear", align_corners=False) * 2 - 1
    x = basic("Conv2d_1a_3x3", x, 32, 3, stride=2)
    x = basic("Conv2d_2a_3x3", x, 32, 3)
    x = basic("Conv2d_2b_3x3", x, 64, 3, padding=1)
    x = F.max_pool2d(x, 3, 2)
    x = basic("Conv2d_3b_1x1", x, 80, 1)
    x = basic("Conv2d_4a_3x3", x, 192, 3)
    x = F.max_pool2d(x, 3, 2)
    x = mixed_a("Mixed_5b", x, 32)
    x = mixed_a("Mixed_5c", x, 64)
    x = mixed_a("Mixed_5d", x, 64)
    x = mixed_b("Mixed_6a", x)
    x = mixed_c("Mixed_6b", x, 128)
    x = mixed_c("Mixed_6c", x, 160)
    x = mixed_c("Mixed_6d", x, 160)
    x = taps["Mixed_6e"] = mixed_c("Mixed_6e", x, 192)
    x = mixed_d("Mixed_7a", x)
    x = mixed_e("Mixed_7b", x, average)
    x = mixed_e("Mixed_7c", x, lambda x: F.max_pool2d(x, 3, stride=1, padding=1))
    taps["avgpool"] = x.mean((2, 3), keepdim=True)
    return taps


NETWORKS = {
    "squeezenet1_1": squeezenet,
    "alexnet": alexnet,
    "vgg16": vgg([2, 2, 3, 3, 3], before=[], after=[3, 8, 15, 22, 29]),
    "vgg19": vgg([2, 2, 4, 4, 4], before=[34], after=[3, 8, 17, 26]),
    "inception-fid": inception,
}

SIZES = {
    "squeezenet1_1": (24, 22),
    "alexnet": (31, 35),
    "vgg16": (18, 16),
    "vgg19": (17, 19),
    "inception-fid": (14, 18),
}


def unit(x):
    return x / torch.sqrt((x**2).sum(1, keepdim=True) + 1e-8)


def total(taps):
    return sum((tap**2).mean() for tap in taps.values())


def real_heads(net):
    source = pathlib.Path(__file__).parent / "../src/lpips-heads/lpips-heads.ts"
    tensors = load(base64.b64decode(re.search(r"'([A-Za-z0-9+/=]{100,})'", source.read_text())[1]))
    return {key[len(net) + 1 :]: value for key, value in tensors.items() if key.startswith(net + ".")}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("file")
    parser.add_argument("--narrow", action="store_true", help="few channels, for the file in fixtures/")
    given = parser.parse_args()
    narrow = given.narrow
    network = NETWORKS[given.network]

    w = Weights(seed=zlib.crc32(given.network.encode()))
    height, width = SIZES[given.network] if narrow else (67, 71)
    x = (torch.rand(1, 3, height, width, generator=w.random) * 2 - 1).float().double()
    y = x.flip(1, 2, 3)
    x.requires_grad_()
    taps = network(w, x, narrow)
    result = {
        "x": x,
        "gradient": torch.autograd.grad(total(taps), x)[0],
        **{f"tap/{name}": tap for name, tap in taps.items()},
        **{f"weights/{key}": value for key, value in w.values.items()},
    }
    w.dtype = torch.float32
    single = x.detach().float().requires_grad_()
    gradient = torch.autograd.grad(total(network(w, single, narrow)), single)[0].double() - result["gradient"]
    print(f"{given.network}: gradient of PyTorch's own float32: {gradient.norm() / result['gradient'].norm():.1e}")
    w.dtype = torch.float64
    if given.network in NETS:
        keys = [f"lin{i}.model.1.weight" for i in range(len(taps))]
        heads = {key: w.uniform(1, tap.shape[1], 1, 1) for key, tap in zip(keys, taps.values())}
        if not narrow:
            real = real_heads(NETS[given.network])
            heads = {key: real[key] for key in keys}
        pairs = zip(network(w, x, narrow).values(), network(w, y, narrow).values(), heads.values())
        distance = sum((head.double() * (unit(a) - unit(b)) ** 2).sum(1).mean((1, 2)) for a, b, head in pairs)
        result |= {f"heads/{key}": value for key, value in heads.items()}
        result |= {"distance": distance, "distance-gradient": torch.autograd.grad(distance.sum(), x)[0]}
    content = save({key: value.detach().float().contiguous() for key, value in result.items()})
    if given.file.endswith(".gz"):
        content = gzip.compress(content, 9, mtime=0)
    pathlib.Path(given.file).write_bytes(content)


main()
