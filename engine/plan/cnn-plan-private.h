#pragma once

#include "kernels/cnn-kernels.h"
#include "network/cnn-network-builder.h"
#include "plan/cnn-plan.h"
#include "plan/cnn-plan-algorithm.h"

G_BEGIN_DECLS

/* What a step calls. */
typedef enum
{
  CNN_STEP_INPUT,
  CNN_STEP_CONV,                /* and linear layers */
  CNN_STEP_DEPTHWISE,
  CNN_STEP_MAX_POOL,
  CNN_STEP_AVERAGE_POOL,
  CNN_STEP_ADAPTIVE_AVERAGE_POOL,
  CNN_STEP_FINISH,              /* batch norm, add, ReLU, clip by themselves */
  CNN_STEP_GATHER,              /* channels of other layers */
  CNN_STEP_FALLBACK,            /* the operation's row-major forward() */
} CnnStepKind;

/* A layer that a step computes as one of the functions of its finish. */
typedef struct
{
  CnnFunction function;         /* without what lies in a run's memory */
  guint layer;
  guint operand;                /* the layer that is the operand, or CNN_NO_LAYER */
  gboolean is_stretched;        /* which has one pixel for all */
  float *vector;                /* owned: the operand where it is a constant */
} CnnStepFunction;

/* One call of a kernel: a layer, and those after it that were fused with it.
 * Layers are named by their index, CNN_NO_LAYER where there is none. */
typedef struct
{
  CnnStepKind kind;
  CnnAlgorithm algorithm;
  CnnLayer *layer;              /* the first one; the network keeps it alive */
  gboolean for_logits;          /* a plain run needs it */

  guint input;                  /* what a kernel with one input reads */
  guint output;                 /* the last layer, whose value the step makes */

  /* Fused: which layer's value is there before each part of the finish. */
  guint before_scale;
  guint before_add;
  guint before_clamp;
  guint addend;
  guint before_functions;

  guint n_functions;
  CnnStepFunction functions[CNN_MAX_FUNCTIONS];

  CnnStencil stencil;
  gboolean count_padding;

  /* Owned. */
  float *weights;
  float *bias;
  float *scale;
  float *shift;
  CnnReach *reaches;
  guint *sources;               /* the layers that a gathering step copies from */
  CnnPick *picks;
  int *first_pick;
  CnnSelection *selections;

  guint n_sources;
  gsize n_weights;
  int lanes;
  int n_terms;                  /* 0: groups are not narrow */

  gboolean clamp;
  float low;
  float high;
} CnnStep;

/* Where a layer's output lies. */
typedef struct
{
  guint buffer;
  int first_block;
  int channels;
  int height;
  int width;
} CnnPlace;

/* Memory for one layer's output, or for several that are concatenated. */
typedef struct
{
  int n_blocks;
  int height;
  int width;
  int pixel;                    /* floats to a pixel, see CnnMap */
  int border[4];                /* top, left, bottom, right */
  gsize size;                   /* in floats */

  /* The first step that writes it, by run mode. */
  guint first_step[CNN_N_RUN_MODES];
} CnnBuffer;

/* Where the buffers of a run lie in its workspace. */
typedef struct
{
  gsize *offsets;               /* in floats; CNN_NOWHERE: not kept */
  gsize size;
} CnnLayout;

#define CNN_NOWHERE G_MAXSIZE

struct _CnnPlan
{
  gatomicrefcount ref_count;

  CnnNetwork *network;
  const CnnKernels *kernels;
  guint n_layers;
  guint logits_layer;

  /* The input's number of channels where they lie side by side, or 0. */
  int few_channels;

  CnnStep *steps;
  guint n_steps;

  /* By layer: the layer whose memory it shares (dropout does nothing). */
  guint *sources;
  CnnPlace *places;
  guint *step_of_layer;

  /* The layers of one step after the other, each without those that do nothing;
   * those of step i start at first_layer_of_step[i]. */
  guint *layers_of_steps;
  guint *first_layer_of_step;

  /* By the layer that it was made for; n_blocks is 0 where it has no memory of
   * its own. */
  CnnBuffer *buffers;

  CnnLayout layouts[CNN_N_RUN_MODES];

  /* Floats that each thread of a run needs for itself. */
  gsize scratch_size;

  /* Workspaces that nobody uses, under the lock. */
  GMutex lock;
  GPtrArray *free_workspaces[CNN_N_RUN_MODES];
};

struct _CnnWorkspace
{
  CnnPlan *plan;
  CnnRunMode mode;
  guint n_pictures;
  guint n_max_pictures;         /* as many have room */
  float *memory;                /* a layout for each picture, one after another */
  guint n_max_threads;          /* as many have scratch */
  float *scratch;

  /* Where a run adds how long each step took, in nanoseconds; or NULL. */
  gint64 *times;
};

void     cnn_plan_make_steps  (CnnPlan            *self);
gboolean cnn_plan_make_layout (CnnPlan            *self,
                               GError            **error);

gboolean cnn_plan_get_step_input (CnnPlan         *self,
                               const CnnStep      *step,
                               guint               i,
                               guint              *layer);

gboolean cnn_plan_is_gather   (CnnLayer           *layer);
void     cnn_step_make_gather (CnnStep            *self,
                               CnnPlan            *plan,
                               CnnLayer           *layer);

gboolean cnn_step_function_init (CnnStepFunction  *self,
                               CnnPlan            *plan,
                               guint               index,
                               const guint        *values,
                               guint               n_values);
float   *cnn_step_pack_vector (CnnTensor          *tensor,
                               gsize               n);
void     cnn_step_pack_convolution (CnnStep          *step,
                               CnnLayer           *layer,
                               int                 few_channels);
void     cnn_step_pack_depthwise (CnnStep            *step,
                               CnnLayer           *layer);
void     cnn_step_pack_batch_norm (CnnStep           *step,
                               CnnLayer           *layer);
void     cnn_step_clear       (CnnStep            *step);

gboolean cnn_workspace_ensure_scratch (CnnWorkspace *self,
                               guint               n_threads,
                               GError            **error);
void     cnn_plan_get_map     (CnnPlan            *self,
                               CnnRunMode          mode,
                               float              *memory,
                               guint               layer,
                               CnnMap             *map);

G_END_DECLS
