#pragma once

#include "core/cnn-pixels.h"
#include "network/cnn-network.h"

G_BEGIN_DECLS

/* Engine-internal. */

/**
 * CnnPlan:
 *
 * How a network is computed, for one picture or a few: a list of steps, the
 * weights packed for the kernels, and where in memory each layer's output lies.
 * Reference-counted, immutable, and used by several threads at once; what
 * changes during a run is in a #CnnWorkspace.
 */
typedef struct _CnnPlan CnnPlan;

/**
 * CnnWorkspace:
 *
 * The memory of one run. Workspaces go back to their plan when they are
 * released, so that the next run finds its memory warm.
 */
typedef struct _CnnWorkspace CnnWorkspace;

/**
 * CnnRunMode:
 * @CNN_RUN_PLAIN: make the logits, in as little memory as will do
 * @CNN_RUN_LOOKING: make and keep the output of every layer
 *
 * What a run is for. Both do the same arithmetic in the same order.
 */
typedef enum
{
  CNN_RUN_PLAIN,
  CNN_RUN_LOOKING,
} CnnRunMode;

#define CNN_N_RUN_MODES (CNN_RUN_LOOKING + 1)

/**
 * CnnStepInfo:
 * @layers: (array length=n_layers): the layers that are computed together, in
 *   the order in which they are done
 * @n_layers: how many they are
 * @algorithm: how it is computed, in a few words that are not translated
 * @is_for_logits: whether a plain run takes the step
 * @weights_size: bytes of the weights as they were packed for it
 *
 * What there is to say about a step of a plan.
 */
typedef struct
{
  const guint *layers;
  guint n_layers;
  const char *algorithm;
  gboolean is_for_logits;
  gsize weights_size;
} CnnStepInfo;

/**
 * CnnPictures:
 * @planes: (nullable): numbers, row-major, N×C×H×W
 * @pixels: (nullable): bytes: N pictures, where there are no @planes
 *
 * The pictures that a run is for, each as the network wants it.
 */
typedef struct
{
  const float *planes;
  const CnnPixels *pixels;
} CnnPictures;

CnnPlan      *cnn_plan_new               (CnnNetwork         *network,
                                          GError            **error);
CnnPlan      *cnn_plan_ref               (CnnPlan            *self);
void          cnn_plan_unref             (CnnPlan            *self);
CnnNetwork   *cnn_plan_get_network       (CnnPlan            *self);
guint         cnn_plan_get_logits_layer  (CnnPlan            *self);
guint         cnn_plan_get_max_pictures  (CnnPlan            *self,
                                          CnnRunMode          mode);
guint         cnn_plan_get_n_steps       (CnnPlan            *self);
guint         cnn_plan_get_step_of_layer (CnnPlan            *self,
                                          guint               layer);
void          cnn_plan_get_step_info     (CnnPlan            *self,
                                          guint               step,
                                          CnnStepInfo        *info);
gsize         cnn_plan_get_memory_size   (CnnPlan            *self,
                                          CnnRunMode          mode);
CnnWorkspace *cnn_plan_acquire_workspace (CnnPlan            *self,
                                          CnnRunMode          mode,
                                          guint               n_pictures,
                                          GError            **error);
gboolean      cnn_plan_run               (CnnPlan            *self,
                                          CnnWorkspace       *workspace,
                                          const CnnPictures  *pictures,
                                          guint               n_threads,
                                          GCancellable       *cancellable,
                                          GError            **error);
void          cnn_plan_find_dependents   (CnnPlan            *self,
                                          guint               layer,
                                          gboolean           *is_same,
                                          gboolean           *depends);
gboolean      cnn_plan_run_from          (CnnPlan            *self,
                                          CnnWorkspace       *workspace,
                                          CnnWorkspace       *holder,
                                          CnnWorkspace *const *sources,
                                          guint               layer,
                                          const float        *output,
                                          guint               n_threads,
                                          GCancellable       *cancellable,
                                          GError            **error);

guint         cnn_workspace_get_n_pictures (CnnWorkspace *self);
void          cnn_workspace_release      (CnnWorkspace   *self);
void          cnn_workspace_set_times    (CnnWorkspace   *self,
                                          gint64         *times);
void          cnn_workspace_read_layer   (CnnWorkspace   *self,
                                          guint           index,
                                          float          *planes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CnnPlan, cnn_plan_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CnnWorkspace, cnn_workspace_release)

G_END_DECLS
