#pragma once

#include "core/cnn-error.h"
#include "ops/cnn-op.h"

G_BEGIN_DECLS

/* What an operation is told about the layer that it works for. Shapes have
 * N = 1 in shape inference and cost; forward takes any N. */
typedef struct
{
  CnnKind kind;
  const CnnAttributes *attributes;
  CnnTensor *const *parameters;       /* CNN_N_PARAMETERS, missing ones NULL */
  guint n_inputs;
} CnnOpContext;

/* One kind of layer, or its family's: its arithmetic in plain C on row-major tensors, always
 * right and never fast. Plans use the blocked kernels where there is one, and
 * fall back to forward() where there is none; the tests hold each kernel
 * against it. */
typedef struct
{
  const char *name;

  /* Checks attributes, parameters and inputs against one another, with an error
   * that says found and expected; the caller puts the layer's name before it. */
  gboolean (*infer_shape) (const CnnOpContext  *context,
                           const CnnShape      *inputs,
                           CnnShape            *output,
                           GError             **error);

  /* Adds what one picture costs to multiplications, additions and comparisons,
   * which are 0; parameters and flops are the same for all kinds and come from
   * cnn_op_get_cost(). Called for the homework's and the FLOP convention, and
   * for MACs where there are any. */
  void     (*count)       (const CnnOpContext  *context,
                           const CnnShape      *inputs,
                           const CnnShape      *output,
                           CnnConvention        convention,
                           CnnCost             *cost);

  /* Turns the receptive field of the inputs into the output's. */
  void     (*see)         (const CnnOpContext      *context,
                           const CnnShape          *inputs,
                           const CnnReceptiveField *fields,
                           CnnReceptiveField       *output);

  /* Row-major in, row-major out. */
  void     (*forward)     (const CnnOpContext  *context,
                           const CnnTensor *const *inputs,
                           CnnTensor           *output);

  /* Adds to each of d_inputs what d_output, the derivatives of some number with
   * respect to the output, makes of that number's derivatives with respect to the
   * input. Row-major, any N. An input whose d_inputs is NULL is not asked for. NULL
   * where a kind has no derivative that the engine knows. */
  void     (*backward)    (const CnnOpContext  *context,
                           const CnnTensor *const *inputs,
                           const CnnTensor     *output,
                           const CnnTensor     *d_output,
                           CnnTensor *const    *d_inputs,
                           guint                n_threads);
} CnnOp;

/* The parameters of every backward(). */
#define CNN_BACKWARD(name) \
  void name (const CnnOpContext     *context, \
             const CnnTensor *const *inputs, \
             const CnnTensor        *output, \
             const CnnTensor        *d_output, \
             CnnTensor *const       *d_inputs, \
             guint                   n_threads)

const CnnOp *cnn_op_get          (CnnKind                  kind);
void         cnn_op_get_cost     (const CnnOpContext      *context,
                                  const CnnShape          *inputs,
                                  const CnnShape          *output,
                                  CnnConvention            convention,
                                  CnnCost                 *cost);

/* What several kinds have in common. */
gboolean     cnn_op_check_inputs       (const CnnOpContext      *context,
                                        guint                    minimum,
                                        guint                    maximum,
                                        GError                 **error);
gboolean     cnn_op_check_maps         (const CnnShape          *input,
                                        GError                 **error);
gboolean     cnn_op_check_channels     (const CnnShape          *input,
                                        GError                 **error);
gboolean     cnn_op_check_axis         (const CnnOpContext      *context,
                                        const CnnShape          *input,
                                        GError                 **error);
gboolean     cnn_op_check_axes         (const CnnOpContext      *context,
                                        const CnnShape          *input,
                                        GError                 **error);
gboolean     cnn_op_check_n_dims       (const CnnShape          *input,
                                        const CnnShape          *output,
                                        GError                 **error);
gboolean     cnn_op_get_wanted_shape   (const CnnOpContext      *context,
                                        const CnnShape          *input,
                                        CnnShape                *output,
                                        GError                 **error);
gboolean     cnn_op_check_vector       (const CnnOpContext      *context,
                                        CnnParameter             parameter,
                                        gsize                    length,
                                        GError                 **error);
gboolean     cnn_op_infer_same         (const CnnOpContext      *context,
                                        const CnnShape          *inputs,
                                        CnnShape                *output,
                                        GError                 **error);
void         cnn_op_count_nothing      (const CnnOpContext      *context,
                                        const CnnShape          *inputs,
                                        const CnnShape          *output,
                                        CnnConvention            convention,
                                        CnnCost                 *cost);
void         cnn_op_count_dot_products (gsize                    n_products,
                                        gsize                    length,
                                        gboolean                 bias,
                                        CnnConvention            convention,
                                        CnnCost                 *cost);
void         cnn_op_see_same           (const CnnOpContext      *context,
                                        const CnnShape          *inputs,
                                        const CnnReceptiveField *fields,
                                        CnnReceptiveField       *output);
void         cnn_op_forward_same       (const CnnOpContext      *context,
                                        const CnnTensor *const  *inputs,
                                        CnnTensor               *output);

CNN_BACKWARD (cnn_op_backward_same);
CNN_BACKWARD (cnn_op_backward_moved);
CNN_BACKWARD (cnn_op_convolution_backward);
CNN_BACKWARD (cnn_op_function_backward);
CNN_BACKWARD (cnn_op_arithmetic_backward);

/* Families whose members are told apart by context->kind, in the order of CnnKind. */
#define CNN_FIRST_FUNCTION CNN_KIND_RELU
#define CNN_N_FUNCTIONS (CNN_KIND_ROUND - CNN_FIRST_FUNCTION + 1)
#define CNN_FIRST_REDUCTION CNN_KIND_REDUCE_MEAN
#define CNN_N_REDUCTIONS (CNN_KIND_REDUCE_MIN - CNN_FIRST_REDUCTION + 1)
#define CNN_FIRST_ARITHMETIC CNN_KIND_ADD
#define CNN_N_ARITHMETIC (CNN_KIND_POWER - CNN_FIRST_ARITHMETIC + 1)

extern const CnnOp cnn_op_functions[CNN_N_FUNCTIONS];
extern const CnnOp cnn_op_reductions[CNN_N_REDUCTIONS];
extern const CnnOp cnn_op_arithmetic[CNN_N_ARITHMETIC];

extern const CnnOp cnn_op_input;
extern const CnnOp cnn_op_convolution;
extern const CnnOp cnn_op_conv_transpose;
extern const CnnOp cnn_op_linear;
extern const CnnOp cnn_op_matmul;
extern const CnnOp cnn_op_batch_norm;
extern const CnnOp cnn_op_layer_norm;
extern const CnnOp cnn_op_group_norm;
extern const CnnOp cnn_op_instance_norm;
extern const CnnOp cnn_op_local_response_norm;
extern const CnnOp cnn_op_max_pool;
extern const CnnOp cnn_op_average_pool;
extern const CnnOp cnn_op_adaptive_average_pool;
extern const CnnOp cnn_op_adaptive_max_pool;
extern const CnnOp cnn_op_concat;
extern const CnnOp cnn_op_flatten;
extern const CnnOp cnn_op_reshape;
extern const CnnOp cnn_op_transpose;
extern const CnnOp cnn_op_slice;
extern const CnnOp cnn_op_expand;
extern const CnnOp cnn_op_pad;
extern const CnnOp cnn_op_channel_shuffle;
extern const CnnOp cnn_op_identity;
extern const CnnOp cnn_op_dropout;
extern const CnnOp cnn_op_softmax;
extern const CnnOp cnn_op_resize;
extern const CnnOp cnn_op_depth_to_space;
extern const CnnOp cnn_op_space_to_depth;
extern const CnnOp cnn_op_quantize;
extern const CnnOp cnn_op_dequantize;
extern const CnnOp cnn_op_unknown;

/* Whether a kind is a function of each number by itself. */
static inline gboolean
cnn_kind_is_function (CnnKind kind)
{
  return kind >= CNN_FIRST_FUNCTION && kind < CNN_FIRST_FUNCTION + CNN_N_FUNCTIONS;
}

/* Whether a kind takes tensors, and perhaps a constant, number by number. */
static inline gboolean
cnn_kind_is_arithmetic (CnnKind kind)
{
  return kind >= CNN_FIRST_ARITHMETIC && kind < CNN_FIRST_ARITHMETIC + CNN_N_ARITHMETIC;
}

G_END_DECLS
