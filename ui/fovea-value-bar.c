#define G_LOG_DOMAIN "fovea-value-bar"

#include "fovea-value-bar.h"

#include "fovea-palette.h"

/* Thick enough to be seen as a bar however small the value. */
#define MIN_LENGTH 1.0

struct _FoveaValueBar
{
  GtkWidget parent_instance;

  double value;
  double low;
  double high;
};

G_DEFINE_FINAL_TYPE (FoveaValueBar, fovea_value_bar, GTK_TYPE_WIDGET)

static void
fovea_value_bar_snapshot (GtkWidget   *widget,
                          GtkSnapshot *snapshot)
{
  FoveaValueBar *self = FOVEA_VALUE_BAR (widget);
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  double zero, end, left, length;
  GdkRGBA color, track;

  if (self->high <= self->low)
    return;

  gtk_style_context_get_color (context, &color);
  track = color;
  track.alpha *= 0.1f;
  if (self->value < 0)
    color = FOVEA_ORANGE;

  zero = width * CLAMP (-self->low / (self->high - self->low), 0, 1);
  end = width * CLAMP ((self->value - self->low) / (self->high - self->low), 0, 1);
  length = ABS (end - zero);
  if (self->value != 0)
    length = MAX (length, MIN_LENGTH);
  left = self->value < 0 ? zero - length : zero;

  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    left = width - left - length;

  gtk_snapshot_append_color (snapshot, &track, &GRAPHENE_RECT_INIT (0, 0, width, height));
  gtk_snapshot_append_color (snapshot, &color, &GRAPHENE_RECT_INIT (left, 0, length, height));
}

static void
fovea_value_bar_measure (GtkWidget      *widget,
                         GtkOrientation  orientation,
                         int             for_size,
                         int            *minimum,
                         int            *natural,
                         int            *minimum_baseline,
                         int            *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 16 : 4;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 64 : 4;
}

static void
fovea_value_bar_class_init (FoveaValueBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = fovea_value_bar_snapshot;
  widget_class->measure = fovea_value_bar_measure;

  gtk_widget_class_set_css_name (widget_class, "fovea-value-bar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
fovea_value_bar_init (FoveaValueBar *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

/**
 * fovea_value_bar_new:
 *
 * Returns: (transfer floating): a new bar, which shows nothing yet
 */
GtkWidget *
fovea_value_bar_new (void)
{
  return g_object_new (FOVEA_TYPE_VALUE_BAR, NULL);
}

/**
 * fovea_value_bar_set:
 * @self: a bar
 * @value: where it ends
 * @low: the value at its left edge; 0 or less
 * @high: the value at its right edge; 0 or more
 *
 * Sets what the bar shows.
 */
void
fovea_value_bar_set (FoveaValueBar *self,
                     double         value,
                     double         low,
                     double         high)
{
  g_return_if_fail (FOVEA_IS_VALUE_BAR (self));

  if (self->value == value && self->low == low && self->high == high)
    return;

  self->value = value;
  self->low = low;
  self->high = high;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
