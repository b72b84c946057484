#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What tests of widgets have in common: a window that is really there, keys that
 * go the way a person's do, and a look at the pixels. */

typedef struct _UiTestShot UiTestShot;

typedef gboolean (*UiTestCondition) (gpointer data);

void        ui_test_wait                (UiTestCondition  condition,
                                         gpointer         data);
void        ui_test_settle              (void);
void        ui_test_next_frame          (GtkWidget       *widget);
GtkWindow  *ui_test_window              (GtkWidget       *child,
                                         int              width,
                                         int              height);
void        ui_test_destroy             (GtkWindow       *window);
void        ui_test_press               (GtkWidget       *widget,
                                         guint            keyval);
void        ui_test_count_cb            (GObject         *object,
                                         GParamSpec      *pspec,
                                         guint           *count);
GtkWidget  *ui_test_find                (GtkWidget       *widget,
                                         GType            type,
                                         guint            nth);
GdkTexture *ui_test_texture             (int              width,
                                         int              height);

UiTestShot *ui_test_shoot               (GtkWidget       *widget);
void        ui_test_shot_free           (UiTestShot      *self);
guint32     ui_test_shot_get            (UiTestShot      *self,
                                         int              x,
                                         int              y);
guint       ui_test_shot_brightness     (UiTestShot      *self,
                                         int              x,
                                         int              y);
gboolean    ui_test_shot_is             (UiTestShot      *self,
                                         int              x,
                                         int              y,
                                         const GdkRGBA   *color);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UiTestShot, ui_test_shot_free)

G_END_DECLS
