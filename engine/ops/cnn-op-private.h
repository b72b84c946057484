#pragma once

#include "core/cnn-error.h"
#include "ops/cnn-op.h"

G_BEGIN_DECLS

/* What an operation is told about the layer that it works for. Shapes have
 * N = 1 in shape inference and cost; forward takes any N. */
typedef struct
{
  const CnnAttributes *attributes;
  CnnTensor *const *parameters;       /* CNN_N_PARAMETERS, missing ones NULL */
  guint n_inputs;
} CnnOpContext;

/* One kind of layer: its arithmetic in plain C on row-major tensors, always
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
} CnnOp;

const CnnOp *cnn_op_get          (CnnKind                  kind);
void         cnn_op_get_cost     (CnnKind                  kind,
                                  const CnnOpContext      *context,
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
gboolean     cnn_op_check_axis         (const CnnOpContext      *context,
                                        const CnnShape          *input,
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

extern const CnnOp cnn_op_input;
extern const CnnOp cnn_op_convolution;
extern const CnnOp cnn_op_linear;
extern const CnnOp cnn_op_batch_norm;
extern const CnnOp cnn_op_relu;
extern const CnnOp cnn_op_clip;
extern const CnnOp cnn_op_max_pool;
extern const CnnOp cnn_op_average_pool;
extern const CnnOp cnn_op_adaptive_average_pool;
extern const CnnOp cnn_op_add;
extern const CnnOp cnn_op_concat;
extern const CnnOp cnn_op_flatten;
extern const CnnOp cnn_op_dropout;
extern const CnnOp cnn_op_softmax;

G_END_DECLS
