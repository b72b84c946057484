#pragma once

#include "core/cnn-tensor.h"

G_BEGIN_DECLS

/**
 * CnnKind:
 *
 * What a layer does. Each kind is one file in `engine/ops`.
 */
typedef enum
{
  CNN_KIND_INPUT,
  CNN_KIND_CONVOLUTION,
  CNN_KIND_LINEAR,
  CNN_KIND_BATCH_NORM,
  CNN_KIND_RELU,
  CNN_KIND_CLIP,
  CNN_KIND_MAX_POOL,
  CNN_KIND_AVERAGE_POOL,
  CNN_KIND_ADAPTIVE_AVERAGE_POOL,
  CNN_KIND_ADD,
  CNN_KIND_CONCAT,
  CNN_KIND_FLATTEN,
  CNN_KIND_DROPOUT,
  CNN_KIND_SOFTMAX,
} CnnKind;

#define CNN_N_KINDS (CNN_KIND_SOFTMAX + 1)

/**
 * CnnAttributes:
 * @kernel: height and width of the window (convolution, pooling)
 * @stride: step down and step right
 * @dilation: distance between the window's taps, 1 for a dense window
 * @padding: rows and columns added around the picture: top, left, bottom, right
 * @groups: convolution: into how many independent groups the channels fall
 * @ceil_mode: pooling: round the output size up, as PyTorch does: a last window
 *   must still start inside the picture or its top or left padding
 * @count_include_pad: average pooling: padding counts in the divisor
 * @output_size: adaptive pooling: height and width of the output; 1×1 is global
 *   pooling
 * @epsilon: batch norm: added to the variance
 * @minimum: clip: the least output value
 * @maximum: clip: the greatest output value
 * @axis: concat, flatten, softmax: the dimension, counted from 0 (N)
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
  guint groups;
  gboolean ceil_mode;
  gboolean count_include_pad;
  guint output_size[2];
  double epsilon;
  float minimum;
  float maximum;
  guint axis;
} CnnAttributes;

/**
 * CnnParameter:
 * @CNN_PARAMETER_WEIGHT: convolution O×(I/groups)×kH×kW; linear O×I; batch norm
 *   (gamma) C
 * @CNN_PARAMETER_BIAS: convolution and linear O, may be missing; batch norm
 *   (beta) C
 * @CNN_PARAMETER_MEAN: batch norm, running mean C
 * @CNN_PARAMETER_VARIANCE: batch norm, running variance C
 *
 * The learned tensors that a layer can have.
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
 *   maximum over n values; additions of a bias, and ReLU, are not counted
 * @CNN_CONVENTION_MAC: one a multiply-accumulate of a convolution or linear
 *   layer, nothing else (what fvcore calls a flop)
 * @CNN_CONVENTION_FLOP: two a multiply-accumulate, and every other arithmetic
 *   operation and comparison one, bias, batch norm and ReLU among them
 *
 * How operations are counted. Figures that were counted in different ways do
 * not compare, so the convention is always named beside them.
 *
 * In all of them a window counts in full, padding included. Batch norm is one
 * multiplication and one addition an element, its four vectors being folded
 * into two beforehand; an average over n values is n−1 additions and a
 * division; clipping counts where ReLU does, as two comparisons; exponentials
 * are not counted.
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
 *   are not learned and not counted, as in PyTorch)
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
 *
 * Which part of the input picture a cell of a layer's output sees: rows
 * `offset + y·stride` up to `offset + y·stride + size − 1` for the cell in row y,
 * and columns in the same way. Where branches meet it is the smallest box that
 * holds the fields of all of them. Where cells do not move in equal steps (an
 * adaptive pooling whose windows differ, branches of unequal strides) it is the
 * smallest such box that holds the field of every cell: more than a cell may
 * see, never less. The stride is 0 where all cells of a row or column see the
 * same. What has no rows and columns, such as logits, is one cell.
 *
 * Formulas: Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional
 * Neural Networks", Distill 2019.
 */
typedef struct
{
  gint64 size[2];
  gint64 stride[2];
  gint64 offset[2];
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
