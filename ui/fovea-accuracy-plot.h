#pragma once

#include <gtk/gtk.h>

#include "cnn.h"

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

#define FOVEA_TYPE_ACCURACY_PLOT (fovea_accuracy_plot_get_type ())

/**
 * FoveaAccuracyPlot:
 *
 * The rows of the accuracy chart: a scrollable of which only the rows in sight
 * are drawn. However many statistics change, it draws once a frame, and glides
 * from the old figures to the new ones.
 */
G_DECLARE_FINAL_TYPE (FoveaAccuracyPlot, fovea_accuracy_plot, FOVEA, ACCURACY_PLOT, GtkWidget)

GtkWidget          *fovea_accuracy_plot_new            (void);
GListModel         *fovea_accuracy_plot_get_model      (FoveaAccuracyPlot *self);
void                fovea_accuracy_plot_set_model      (FoveaAccuracyPlot *self,
                                                        GListModel        *model);
FoveaClassOrder     fovea_accuracy_plot_get_order      (FoveaAccuracyPlot *self);
void                fovea_accuracy_plot_set_order      (FoveaAccuracyPlot *self,
                                                        FoveaClassOrder    order);
const char         *fovea_accuracy_plot_get_search     (FoveaAccuracyPlot *self);
void                fovea_accuracy_plot_set_search     (FoveaAccuracyPlot *self,
                                                        const char        *search);
guint               fovea_accuracy_plot_get_n_rows     (FoveaAccuracyPlot *self);
CnnClassStatistics *fovea_accuracy_plot_get_row        (FoveaAccuracyPlot *self,
                                                        guint              row);
CnnClassStatistics *fovea_accuracy_plot_pick           (FoveaAccuracyPlot *self,
                                                        double             y);

G_END_DECLS
