#pragma once

#include "core/cnn-parallel.h"
#include "plan/cnn-plan-private.h"

G_BEGIN_DECLS

/* A step with less to do than this many multiplications is not worth waking
 * other threads for. */
#define CNN_MIN_PARALLEL_WORK (1 << 17)

/* Pieces for each thread, so that one that is held up leaves its to others. */
#define CNN_PIECES_PER_THREAD 4

/* What is going on: some pictures on their way through a plan. */
typedef struct
{
  CnnPlan *plan;
  CnnRunMode mode;
  float *memory;                /* the first picture's */
  float **memories;             /* by layer, where they are not all the same; or NULL */
  gsize distance;               /* floats from one picture's memory to the next */
  guint n_pictures;
  CnnPictures pictures;
  guint n_threads;
  float *scratch;               /* by thread: as much as the plan says */
} CnnRun;

void cnn_run_get_map     (CnnRun        *run,
                          guint          layer,
                          CnnMap        *map);
void cnn_run_get_finish  (CnnRun        *run,
                          const CnnStep *step,
                          CnnFinish     *finish);
void cnn_run_get_function (CnnRun       *run,
                          const CnnStepFunction *step_function,
                          CnnFunction   *function);
void cnn_run_pointwise   (CnnRun        *run,
                          CnnPointwise  *pointwise);
void cnn_run_step        (CnnRun        *run,
                          const CnnStep *step);
void cnn_run_in_pieces   (guint           n_threads,
                          guint           n_pieces,
                          CnnParallelFunc piece,
                          gpointer        data);
void cnn_run_convolution (CnnRun        *run,
                          const CnnStep *step);

G_END_DECLS
