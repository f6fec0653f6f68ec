/** Height, width and channels of one image's features. */
export type FeatureShape = readonly [height: number, width: number, channels: number];

/** One layer with weights, as a trace through a network meets it. */
export interface LayerShape {
  /** Prefix of its state-dict keys. */
  name: string;
  kind: 'convolution' | 'norm' | 'activation';
  output: FeatureShape;
  /** Trained values, those of the norm and activation of a convolution layer included; 0 where a layer works again. */
  parameters: number;
  /** Of the convolution, for one image; norms and activations are not counted, as is usual. */
  multiplyAdds: number;
}

/** Called for each layer in the order of the forward pass. */
export type LayerVisitor = (layer: LayerShape) => void;
