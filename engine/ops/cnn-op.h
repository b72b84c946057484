#pragma once

#include "core/cnn-tensor.h"

G_BEGIN_DECLS

/**
 * CnnKind:
 *
 * What a layer does. The arithmetic of each kind is in `engine/ops`, in a file of
 * its own or with its family; what it needs to know is in #CnnAttributes.
 */
typedef enum
{
  CNN_KIND_INPUT,
  CNN_KIND_CONVOLUTION,
  CNN_KIND_CONV_TRANSPOSE,
  CNN_KIND_LINEAR,
  CNN_KIND_MATMUL,

  CNN_KIND_BATCH_NORM,
  CNN_KIND_LAYER_NORM,
  CNN_KIND_GROUP_NORM,
  CNN_KIND_INSTANCE_NORM,
  CNN_KIND_LOCAL_RESPONSE_NORM,

  /* Functions of each number by itself. */
  CNN_KIND_RELU,
  CNN_KIND_CLIP,
  CNN_KIND_LEAKY_RELU,
  CNN_KIND_PRELU,
  CNN_KIND_ELU,
  CNN_KIND_SIGMOID,
  CNN_KIND_HARD_SIGMOID,
  CNN_KIND_HARD_SWISH,
  CNN_KIND_SILU,
  CNN_KIND_GELU,
  CNN_KIND_MISH,
  CNN_KIND_SOFTPLUS,
  CNN_KIND_SOFTSIGN,
  CNN_KIND_TANH,
  CNN_KIND_ERF,
  CNN_KIND_EXP,
  CNN_KIND_LOG,
  CNN_KIND_SQRT,
  CNN_KIND_RECIPROCAL,
  CNN_KIND_ABS,
  CNN_KIND_NEGATE,
  CNN_KIND_FLOOR,
  CNN_KIND_CEIL,
  CNN_KIND_ROUND,

  CNN_KIND_MAX_POOL,
  CNN_KIND_AVERAGE_POOL,
  CNN_KIND_ADAPTIVE_AVERAGE_POOL,
  CNN_KIND_ADAPTIVE_MAX_POOL,
  CNN_KIND_REDUCE_MEAN,
  CNN_KIND_REDUCE_SUM,
  CNN_KIND_REDUCE_MAX,
  CNN_KIND_REDUCE_MIN,
  CNN_KIND_RESIZE,

  /* Two tensors or more, number by number. */
  CNN_KIND_ADD,
  CNN_KIND_SUBTRACT,
  CNN_KIND_MULTIPLY,
  CNN_KIND_DIVIDE,
  CNN_KIND_MINIMUM,
  CNN_KIND_MAXIMUM,
  CNN_KIND_POWER,

  /* What only moves numbers. */
  CNN_KIND_CONCAT,
  CNN_KIND_FLATTEN,
  CNN_KIND_RESHAPE,
  CNN_KIND_TRANSPOSE,
  CNN_KIND_SLICE,
  CNN_KIND_EXPAND,
  CNN_KIND_PAD,
  CNN_KIND_CHANNEL_SHUFFLE,
  CNN_KIND_DEPTH_TO_SPACE,
  CNN_KIND_SPACE_TO_DEPTH,
  CNN_KIND_IDENTITY,
  CNN_KIND_DROPOUT,

  CNN_KIND_SOFTMAX,

  /* The rounding of networks that were made for integers. */
  CNN_KIND_QUANTIZE,
  CNN_KIND_DEQUANTIZE,

  /* What a file calls for and the engine does not know: to be shown, not computed. */
  CNN_KIND_UNKNOWN,
} CnnKind;

#define CNN_N_KINDS (CNN_KIND_UNKNOWN + 1)

/**
 * CnnPadMode:
 * @CNN_PAD_CONSTANT: all the same number
 * @CNN_PAD_REFLECT: mirrored at the outermost element, which is not repeated
 * @CNN_PAD_EDGE: the outermost element again and again
 *
 * What a layer that pads puts around its input.
 */
typedef enum
{
  CNN_PAD_CONSTANT,
  CNN_PAD_REFLECT,
  CNN_PAD_EDGE,
} CnnPadMode;

/**
 * CnnCoordinates:
 * @CNN_COORDINATES_HALF_PIXEL: (x + ½) / scale − ½: pixels are squares, and the
 *   pictures' edges lie on one another
 * @CNN_COORDINATES_PYTORCH_HALF_PIXEL: the same, and 0 where the output has one
 *   pixel
 * @CNN_COORDINATES_ALIGN_CORNERS: x · (in − 1) / (out − 1): pixels are points, and
 *   the outermost ones lie on one another
 * @CNN_COORDINATES_ASYMMETRIC: x / scale
 *
 * Where in its input a resizing looks for pixel x of its output, in ONNX's words.
 */
typedef enum
{
  CNN_COORDINATES_HALF_PIXEL,
  CNN_COORDINATES_PYTORCH_HALF_PIXEL,
  CNN_COORDINATES_ALIGN_CORNERS,
  CNN_COORDINATES_ASYMMETRIC,
} CnnCoordinates;

/**
 * CnnInterpolation:
 * @CNN_INTERPOLATION_NEAREST_HALF_DOWN: the nearest pixel, at a half the one
 *   before (ONNX's round_prefer_floor)
 * @CNN_INTERPOLATION_NEAREST_HALF_UP: the nearest pixel, at a half the one behind
 *   (round_prefer_ceil)
 * @CNN_INTERPOLATION_FLOOR: the pixel before (PyTorch's nearest)
 * @CNN_INTERPOLATION_CEIL: the pixel behind
 * @CNN_INTERPOLATION_LINEAR: between the pixels around, in proportion
 *
 * What a resizing makes of the pixels around the place where it looks.
 */
typedef enum
{
  CNN_INTERPOLATION_NEAREST_HALF_DOWN,
  CNN_INTERPOLATION_NEAREST_HALF_UP,
  CNN_INTERPOLATION_FLOOR,
  CNN_INTERPOLATION_CEIL,
  CNN_INTERPOLATION_LINEAR,
} CnnInterpolation;

/**
 * CNN_EXTENT_OF_INPUT:
 *
 * In place of an extent in #CnnAttributes: as in the layer's input, so that it may
 * be of any size.
 */
#define CNN_EXTENT_OF_INPUT G_MAXSIZE

/**
 * CnnAttributes:
 * @kernel: height and width of the window (convolution, conv-transpose, pooling)
 * @stride: step down and step right
 * @dilation: distance between the window's taps, 1 for a dense window
 * @padding: rows and columns added around the picture: top, left, bottom, right;
 *   conv-transpose: taken away
 * @output_padding: conv-transpose: rows and columns added at the bottom and right
 * @groups: convolution, conv-transpose: into how many independent groups the
 *   channels fall; group-norm, channel-shuffle: how many groups
 * @ceil_mode: pooling: round the output size up, as PyTorch does: a last window
 *   must still start inside the picture or its top or left padding
 * @count_include_pad: average pooling: padding counts in the divisor
 * @output_size: adaptive pooling and resize: height and width of the output; 1×1
 *   is global pooling
 * @epsilon: normalisations: added to the variance
 * @minimum: clip, quantize: the least output value
 * @maximum: clip, quantize: the greatest output value
 * @alpha: leaky-relu: the slope below 0; elu: the limit below 0, negated;
 *   hard-sigmoid: the slope; local-response-norm: the weight of the mean of squares
 * @beta: hard-sigmoid: the value at 0; local-response-norm: the exponent
 * @gamma: elu: what everything is multiplied by (SELU)
 * @offset: local-response-norm: added to the weighted mean
 * @size: local-response-norm: over how many channels; depth-to-space and
 *   space-to-depth: height and width of the squares
 * @tanh_form: gelu: by the hyperbolic tangent instead of erf
 * @axis: concat, flatten, softmax, quantize, dequantize: the dimension, counted
 *   from 0 (N)
 * @axes: reductions and layer-norm: the dimensions, one bit each, that of
 *   dimension d being `1 << d`
 * @keep_dims: reductions: leave the dimensions there, with an extent of 1
 * @constant_first: arithmetic and matmul: the parameter is the left operand
 * @shape: reshape, slice, expand: the shape of the output for one picture; of a
 *   slice, an extent that is %CNN_EXTENT_OF_INPUT is the input's
 * @permutation: transpose: which dimension of the input each dimension of the
 *   output is; the first stays where it is
 * @begin: slice: the first element along each dimension, counted from 0; pad: how
 *   many elements are added before
 * @step: slice: the step along each dimension, below 0 to go backwards
 * @end: pad: how many elements are added behind
 * @pad_mode: pad: what is added
 * @pad_value: pad: the number that is added where it is constant
 * @interpolation: resize: what is made of the pixels
 * @coordinates: resize: where it looks for them
 * @scale: resize: how much higher and wider the output is meant to be, or 0 for
 *   what the extents say
 * @places_first: depth-to-space: channels count the places in a square before the
 *   output's channels (ONNX's DCR; else its CRD, which is PyTorch's pixel shuffle)
 *
 * What a layer's kind needs to know besides its parameters. A plain value; what
 * a kind does not use is left as [func@attributes_init] sets it.
 */
typedef struct
{
  guint kernel[2];
  guint stride[2];
  guint dilation[2];
  guint padding[4];
  guint output_padding[2];
  guint groups;
  gboolean ceil_mode;
  gboolean count_include_pad;
  guint output_size[2];
  double epsilon;
  float minimum;
  float maximum;
  double alpha;
  double beta;
  double gamma;
  double offset;
  guint size;
  gboolean tanh_form;
  guint axis;
  guint axes;
  gboolean keep_dims;
  gboolean constant_first;
  CnnShape shape;
  guint permutation[CNN_MAX_DIMS];
  gsize begin[CNN_MAX_DIMS];
  gssize step[CNN_MAX_DIMS];
  gsize end[CNN_MAX_DIMS];
  CnnPadMode pad_mode;
  float pad_value;
  CnnInterpolation interpolation;
  CnnCoordinates coordinates;
  double scale[2];
  gboolean places_first;
} CnnAttributes;

/**
 * CnnParameter:
 * @CNN_PARAMETER_WEIGHT: convolution O×(I/groups)×kH×kW; conv-transpose
 *   I×(O/groups)×kH×kW; linear O×I; batch, group and instance norm (gamma) C; layer
 *   norm the normalised dimensions; prelu C or one number; arithmetic and matmul the
 *   operand that is a constant; quantize and dequantize the scale, one number or one
 *   for each place along the axis
 * @CNN_PARAMETER_BIAS: convolution, conv-transpose and linear O; batch, group and
 *   instance norm (beta) C; layer norm as its weight; quantize and dequantize the
 *   zero point, as the scale
 * @CNN_PARAMETER_MEAN: batch norm, running mean C
 * @CNN_PARAMETER_VARIANCE: batch norm, running variance C
 *
 * The learned tensors that a layer can have. Biases may be missing, and the
 * weights of normalisations too.
 */
typedef enum
{
  CNN_PARAMETER_WEIGHT,
  CNN_PARAMETER_BIAS,
  CNN_PARAMETER_MEAN,
  CNN_PARAMETER_VARIANCE,
} CnnParameter;

#define CNN_N_PARAMETERS (CNN_PARAMETER_VARIANCE + 1)

/**
 * CnnConvention:
 * @CNN_CONVENTION_HOMEWORK: one FLOP a multiplication, one an addition, n−1 a
 *   maximum over n values; additions of a bias, and activations, are not counted
 * @CNN_CONVENTION_MAC: one a multiply-accumulate of a convolution, linear layer or
 *   matrix product, nothing else (what fvcore calls a flop)
 * @CNN_CONVENTION_FLOP: two a multiply-accumulate, and every other arithmetic
 *   operation and comparison one, bias, batch norm and ReLU among them
 *
 * How operations are counted. Figures that were counted in different ways do
 * not compare, so the convention is always named beside them.
 *
 * In all of them a window counts in full, padding included. Batch norm is one
 * multiplication and one addition an element, its four vectors being folded
 * into two beforehand; an average over n values is n−1 additions and a
 * division; activations and other functions of one number count where ReLU does,
 * clipping as two comparisons; exponentials, roots and powers are not counted.
 */
typedef enum
{
  CNN_CONVENTION_HOMEWORK,
  CNN_CONVENTION_MAC,
  CNN_CONVENTION_FLOP,
} CnnConvention;

/**
 * CnnCost:
 * @parameters: learned numbers (weights, biases, gamma, beta; running statistics
 *   are not learned and not counted, as in PyTorch, nor is a single number that an
 *   expression adds or multiplies by)
 * @multiplications: multiplications and divisions; by %CNN_CONVENTION_MAC,
 *   multiply-accumulates
 * @additions: additions and subtractions
 * @comparisons: comparisons, n−1 a maximum over n values
 * @flops: the sum of @multiplications, @additions and @comparisons
 *
 * What one picture costs in a layer, or in a whole network.
 */
typedef struct
{
  guint64 parameters;
  guint64 multiplications;
  guint64 additions;
  guint64 comparisons;
  guint64 flops;
} CnnCost;

/**
 * CnnReceptiveField:
 * @size: height and width of the part of the input that a cell can see
 * @stride: how far it moves from one cell to the next
 * @offset: where the field of the first cell starts, in input pixels; negative
 *   where it starts in the padding
 * @dimension: along which dimension of the output the rows and the columns of
 *   cells lie: 2 and 3 in N×C×H×W, 1 and 2 in N×H×W×C; 0 where there is one cell
 *
 * Which part of the input picture a cell of a layer's output sees: rows
 * `offset + y·stride` up to `offset + y·stride + size − 1` for the cell in row y,
 * and columns in the same way. Where branches meet it is the smallest box that
 * holds the fields of all of them. Where cells do not move in equal steps (an
 * adaptive pooling whose windows differ, branches of unequal strides) it is the
 * smallest such box that holds the field of every cell: more than a cell may
 * see, never less. The stride is 0 where all cells of a row or column see the
 * same, or so many of them that no box would do that moves. What has no rows and
 * columns, such as logits, is one cell.
 *
 * Formulas: Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional
 * Neural Networks", Distill 2019.
 */
typedef struct
{
  gint64 size[2];
  gint64 stride[2];
  gint64 offset[2];
  guint dimension[2];
} CnnReceptiveField;

void        cnn_attributes_init     (CnnAttributes *attributes);
const char *cnn_kind_get_name       (CnnKind        kind);
const char *cnn_parameter_get_name  (CnnParameter   parameter);
const char *cnn_convention_get_name (CnnConvention  convention);
gboolean    cnn_convention_parse    (const char    *name,
                                     CnnConvention *convention);
void        cnn_cost_add            (CnnCost       *sum,
                                     const CnnCost *cost);

G_END_DECLS
