#pragma once

#include "fovea-accuracy-drawing.h"

G_BEGIN_DECLS

/**
 * FoveaClassOrder:
 * @FOVEA_CLASS_ORDER_INDEX: as the network has them
 * @FOVEA_CLASS_ORDER_NAME: by name
 * @FOVEA_CLASS_ORDER_BEST: the most accurate first
 * @FOVEA_CLASS_ORDER_WORST: the least accurate first
 * @FOVEA_CLASS_ORDER_COUNT: those with the most pictures first
 *
 * How classes are sorted. By accuracy, those of which no picture was scored come
 * last; what is equal goes by the number of pictures, then by index.
 */
typedef enum
{
  FOVEA_CLASS_ORDER_INDEX,
  FOVEA_CLASS_ORDER_NAME,
  FOVEA_CLASS_ORDER_BEST,
  FOVEA_CLASS_ORDER_WORST,
  FOVEA_CLASS_ORDER_COUNT,
} FoveaClassOrder;

#define FOVEA_TYPE_CLASS_ORDER (fovea_class_order_get_type ())

GType fovea_class_order_get_type (void) G_GNUC_CONST;

/**
 * FoveaAccuracyRows:
 *
 * The classes of the accuracy chart, sorted and searched, each on its way from
 * the figures of before to those of now. It knows nothing of drawing.
 */
typedef struct _FoveaAccuracyRows FoveaAccuracyRows;

/**
 * FoveaAccuracyEntry:
 * @statistics: what is known of the class
 * @target: its row as it is to be
 * @shown: its row as it is on the way there
 *
 * A class. It lives until its model changes.
 */
typedef struct
{
  CnnClassStatistics *statistics;
  FoveaAccuracyRow target;
  FoveaAccuracyRow shown;

  /*< private >*/
  FoveaAccuracyRows *rows;
  gulong handler;
  char *haystack;                       /* casefolded, what a search looks in */
  gboolean stale;
} FoveaAccuracyEntry;

/**
 * FoveaAccuracyRowsFunc:
 * @replaced: whether there are other entries now; the old ones are gone
 * @user_data: what was given with it
 *
 * Is called when figures have changed.
 */
typedef void (*FoveaAccuracyRowsFunc) (gboolean replaced,
                                       gpointer user_data);

FoveaAccuracyRows  *fovea_accuracy_rows_new         (FoveaAccuracyRowsFunc  changed,
                                                     gpointer               user_data);
void                fovea_accuracy_rows_free        (FoveaAccuracyRows     *self);
GListModel         *fovea_accuracy_rows_get_model   (FoveaAccuracyRows     *self);
void                fovea_accuracy_rows_set_model   (FoveaAccuracyRows     *self,
                                                     GListModel            *model);
FoveaClassOrder     fovea_accuracy_rows_get_order   (FoveaAccuracyRows     *self);
void                fovea_accuracy_rows_set_order   (FoveaAccuracyRows     *self,
                                                     FoveaClassOrder        order);
const char         *fovea_accuracy_rows_get_search  (FoveaAccuracyRows     *self);
void                fovea_accuracy_rows_set_search  (FoveaAccuracyRows     *self,
                                                     const char            *search);
gboolean            fovea_accuracy_rows_is_stale    (FoveaAccuracyRows     *self);
gboolean            fovea_accuracy_rows_update      (FoveaAccuracyRows     *self);
gboolean            fovea_accuracy_rows_glide       (FoveaAccuracyRows     *self,
                                                     double                 part);
guint               fovea_accuracy_rows_get_size    (FoveaAccuracyRows     *self);
FoveaAccuracyEntry *fovea_accuracy_rows_get_entry   (FoveaAccuracyRows     *self,
                                                     guint                  row);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaAccuracyRows, fovea_accuracy_rows_free)

G_END_DECLS
