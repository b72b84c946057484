#define G_LOG_DOMAIN "fovea-point-row"

#include "fovea-point-row.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n.h>

/* Beyond this a sigmoid has long had all it can. */
#define GREATEST 1e6

struct _FoveaPointRow
{
  AdwPreferencesRow parent_instance;

  /* Template Widgets */
  GtkCheckButton *check_button;
  GtkEditable *x_entry;
  GtkEditable *y2_entry;
  GtkEditable *y3_entry;
  GtkWidget *remove_button;

  CnnBackpropPoint point;
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_CHOSEN,
  SIGNAL_REMOVE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (FoveaPointRow, fovea_point_row, ADW_TYPE_PREFERENCES_ROW)

/* Takes the number in an entry; marks one that is none, and keeps the last. */
static gboolean
read_entry (GtkEditable *entry,
            double      *number)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (entry)));
  GString *ascii = g_string_new (text);
  gboolean valid, differs;
  double value;
  char *end;

  /* What is copied from a book has its own minus. */
  g_string_replace (ascii, "−", "-", 0);
  value = g_strtod (ascii->str, &end);
  valid = ascii->len > 0 && *end == '\0' && isfinite (value) && fabs (value) <= GREATEST;
  g_string_free (ascii, TRUE);

  if (valid)
    gtk_widget_remove_css_class (GTK_WIDGET (entry), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (entry), "error");
  gtk_widget_set_tooltip_text (GTK_WIDGET (entry), valid ? NULL : _("Not a number: the last one still counts"));
  gtk_accessible_update_state (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_STATE_INVALID,
                               valid ? GTK_ACCESSIBLE_INVALID_FALSE : GTK_ACCESSIBLE_INVALID_TRUE,
                               -1);

  differs = valid && *number != value;
  if (valid)
    *number = value;

  return differs;
}

static void
changed_cb (FoveaPointRow *self)
{
  gboolean x_differs = read_entry (self->x_entry, &self->point.x);
  gboolean y2_differs = read_entry (self->y2_entry, &self->point.y2);
  gboolean y3_differs = read_entry (self->y3_entry, &self->point.y3);

  if (x_differs || y2_differs || y3_differs)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
toggled_cb (FoveaPointRow *self)
{
  if (fovea_point_row_get_chosen (self))
    g_signal_emit (self, signals[SIGNAL_CHOSEN], 0);
}

static void
remove_cb (FoveaPointRow *self)
{
  g_signal_emit (self, signals[SIGNAL_REMOVE], 0);
}

static void
fovea_point_row_class_init (FoveaPointRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  /**
   * FoveaPointRow::changed:
   *
   * The point is another now.
   */
  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * FoveaPointRow::chosen:
   *
   * The point is the chosen one now.
   */
  signals[SIGNAL_CHOSEN] =
    g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * FoveaPointRow::remove:
   *
   * Someone wants the point to go.
   */
  signals[SIGNAL_REMOVE] =
    g_signal_new ("remove", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/fovea_app/Fovea/ui/fovea-point-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaPointRow, check_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaPointRow, x_entry);
  gtk_widget_class_bind_template_child (widget_class, FoveaPointRow, y2_entry);
  gtk_widget_class_bind_template_child (widget_class, FoveaPointRow, y3_entry);
  gtk_widget_class_bind_template_child (widget_class, FoveaPointRow, remove_button);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
}

static void
fovea_point_row_init (FoveaPointRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
write_entry (GtkEditable *entry,
             double       number)
{
  g_autofree char *text = g_strdup_printf ("%.6g", number);

  gtk_editable_set_text (entry, text);
}

/**
 * fovea_point_row_new:
 * @group: (nullable): a row of the group in which one is chosen
 * @point: the data point
 *
 * Returns: (transfer floating): a new row
 */
GtkWidget *
fovea_point_row_new (FoveaPointRow          *group,
                     const CnnBackpropPoint *point)
{
  FoveaPointRow *self = g_object_new (FOVEA_TYPE_POINT_ROW, NULL);

  if (group != NULL)
    gtk_check_button_set_group (self->check_button, group->check_button);

  write_entry (self->x_entry, point->x);
  write_entry (self->y2_entry, point->y2);
  write_entry (self->y3_entry, point->y3);
  self->point = *point;

  return GTK_WIDGET (self);
}

/**
 * fovea_point_row_get_point:
 * @point: (out caller-allocates): the data point
 */
void
fovea_point_row_get_point (FoveaPointRow    *self,
                           CnnBackpropPoint *point)
{
  g_return_if_fail (FOVEA_IS_POINT_ROW (self));

  *point = self->point;
}

/**
 * fovea_point_row_get_chosen:
 *
 * Returns: whether this is the chosen point
 */
gboolean
fovea_point_row_get_chosen (FoveaPointRow *self)
{
  g_return_val_if_fail (FOVEA_IS_POINT_ROW (self), FALSE);

  return gtk_check_button_get_active (self->check_button);
}

/**
 * fovea_point_row_set_chosen:
 * @chosen: whether this is the chosen point
 */
void
fovea_point_row_set_chosen (FoveaPointRow *self,
                            gboolean       chosen)
{
  g_return_if_fail (FOVEA_IS_POINT_ROW (self));

  gtk_check_button_set_active (self->check_button, chosen);
}

/**
 * fovea_point_row_set_number:
 * @number: the point's number, from 1
 *
 * Says to those who do not see the row which of the points it is.
 */
void
fovea_point_row_set_number (FoveaPointRow *self,
                            guint          number)
{
  const struct { gpointer widget; const char *format; } names[] = {
    { self->check_button, _("Point %u") },
    { self->x_entry, _("x of point %u") },
    { self->y2_entry, _("y2 of point %u") },
    { self->y3_entry, _("y3 of point %u") },
    { self->remove_button, _("Remove point %u") },
  };

  g_return_if_fail (FOVEA_IS_POINT_ROW (self));

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_strdup_printf (names[i].format, number);

      gtk_accessible_update_property (GTK_ACCESSIBLE (names[i].widget),
                                      GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    }
}

/**
 * fovea_point_row_set_removable:
 * @removable: whether the point may go
 */
void
fovea_point_row_set_removable (FoveaPointRow *self,
                               gboolean       removable)
{
  g_return_if_fail (FOVEA_IS_POINT_ROW (self));

  gtk_widget_set_sensitive (self->remove_button, removable);
}
