#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define CNN_TYPE_CLASS_STATISTICS (cnn_class_statistics_get_type ())

/**
 * CnnClassStatistics:
 *
 * How a run fared with one class so far. Its numbers change while the run goes
 * on, with ::notify from the run's main context.
 */
G_DECLARE_FINAL_TYPE (CnnClassStatistics, cnn_class_statistics, CNN, CLASS_STATISTICS, GObject)

CnnClassStatistics *cnn_class_statistics_new          (guint               index,
                                                       const char         *wnid,
                                                       const char         *name);
guint               cnn_class_statistics_get_index    (CnnClassStatistics *self);
const char         *cnn_class_statistics_get_wnid     (CnnClassStatistics *self);
const char         *cnn_class_statistics_get_name     (CnnClassStatistics *self);
guint               cnn_class_statistics_get_total    (CnnClassStatistics *self);
guint               cnn_class_statistics_get_correct  (CnnClassStatistics *self);
guint               cnn_class_statistics_get_top5     (CnnClassStatistics *self);
double              cnn_class_statistics_get_accuracy (CnnClassStatistics *self);
void                cnn_class_statistics_get_interval (CnnClassStatistics *self,
                                                       double             *low,
                                                       double             *high);

void                cnn_share_get_interval            (guint               part,
                                                       guint               whole,
                                                       double             *low,
                                                       double             *high);

/* Engine-internal: for the run that counts, and for tests of what shows it. */
void                cnn_class_statistics_update       (CnnClassStatistics *self,
                                                       guint               total,
                                                       guint               correct,
                                                       guint               top5);

G_END_DECLS
