#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * CnnPhase:
 * @CNN_PHASE_READING: bytes come from the disk
 * @CNN_PHASE_CHECKING: every number is looked at
 * @CNN_PHASE_PLANNING: the network is made ready to be computed
 *
 * What goes on while something is opened, in this order.
 */
typedef enum
{
  CNN_PHASE_READING,
  CNN_PHASE_CHECKING,
  CNN_PHASE_PLANNING,
} CnnPhase;

/**
 * CnnProgress:
 *
 * How far a job in another thread has come. Whoever started the job looks at it
 * from time to time. Reference-counted.
 */
typedef struct _CnnProgress CnnProgress;

#define CNN_TYPE_PROGRESS (cnn_progress_get_type ())

GType        cnn_progress_get_type     (void) G_GNUC_CONST;
CnnProgress *cnn_progress_new          (void);
CnnProgress *cnn_progress_ref          (CnnProgress *self);
void         cnn_progress_unref        (CnnProgress *self);
double       cnn_progress_get_fraction (CnnProgress *self);
CnnPhase     cnn_progress_get_phase    (CnnProgress *self);

void         cnn_progress_push_current (CnnProgress *self);
void         cnn_progress_pop_current  (CnnProgress *self);
void         cnn_progress_report       (CnnPhase     phase,
                                        double       fraction);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CnnProgress, cnn_progress_unref)

G_END_DECLS
