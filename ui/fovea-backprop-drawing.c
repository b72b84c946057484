#define G_LOG_DOMAIN "fovea-backprop-drawing"

#include "fovea-backprop-drawing.h"

#include <math.h>

#include <glib/gi18n.h>

#include "fovea-formula.h"
#include "fovea-palette.h"

/* In pixels */
#define WIDE_HEIGHT   250
#define NARROW_HEIGHT 410
#define NARROW_WIDTH  520       /* below this the network runs downwards */
#define MIN_WIDTH     280
#define NATURAL_WIDTH 640
#define LARGEST_WIDTH 720.
#define RADIUS        27.

/* x and the three units */
#define N_NODES 4

static const struct
{
  int from;
  int to;
} edges[CNN_N_WEIGHTS] = {
  [CNN_WEIGHT_X1] = { 0, 1 },
  [CNN_WEIGHT_12] = { 1, 2 },
  [CNN_WEIGHT_13] = { 1, 3 },
};

struct _FoveaBackpropDrawing
{
  GtkWidget parent_instance;

  double weights[CNN_N_WEIGHTS];
  CnnBackpropPoint point;
  CnnBackpropAnswer answer;
  double z[3];

  /* Until something of it changes. */
  GskRenderNode *drawing;
};

G_DEFINE_FINAL_TYPE (FoveaBackpropDrawing, fovea_backprop_drawing, GTK_TYPE_WIDGET)

static gboolean
is_narrow (FoveaBackpropDrawing *self)
{
  return gtk_widget_get_width (GTK_WIDGET (self)) < NARROW_WIDTH;
}

static void
get_places (FoveaBackpropDrawing *self,
            graphene_point_t      places[N_NODES])
{
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double height = gtk_widget_get_height (GTK_WIDGET (self));
  double used = MIN (width, LARGEST_WIDTH);
  double left = (width - used) / 2;
  double start = RADIUS + 3;

  if (is_narrow (self))
    {
      double end = height - RADIUS - 44;    /* below it, the target */

      graphene_point_init (&places[0], width / 2, start);
      graphene_point_init (&places[1], width / 2, (start + end) / 2);
      graphene_point_init (&places[2], 0.2 * width, end);
      graphene_point_init (&places[3], 0.8 * width, end);
    }
  else
    {
      double end = used - RADIUS - 92;      /* on its right, the target */
      double middle = height / 2;
      double spread = middle - RADIUS - 14;

      graphene_point_init (&places[0], left + start, middle);
      graphene_point_init (&places[1], left + (start + end) / 2, middle);
      graphene_point_init (&places[2], left + end, middle - spread);
      graphene_point_init (&places[3], left + end, middle + spread);
    }
}

static void
append_text (FoveaBackpropDrawing *self,
             GtkSnapshot          *snapshot,
             const char           *markup,
             double                x,
             double                y,
             double                xalign,
             const GdkRGBA        *color,
             const GdkRGBA        *background)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
  int width, height;

  pango_layout_set_markup (layout, markup, -1);
  pango_layout_set_alignment (layout, xalign < 0.5 ? PANGO_ALIGN_LEFT : PANGO_ALIGN_CENTER);
  pango_layout_get_pixel_size (layout, &width, &height);
  x = floor (x - xalign * width);
  y = floor (y - height / 2.);

  if (background != NULL)
    {
      graphene_rect_t box = GRAPHENE_RECT_INIT (x - 7, y - 2, width + 14, height + 4);
      GskRoundedRect outline;

      gsk_rounded_rect_init_from_rect (&outline, &box, 8);
      gtk_snapshot_push_rounded_clip (snapshot, &outline);
      gtk_snapshot_append_color (snapshot, background, &box);
      gtk_snapshot_pop (snapshot);
    }

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

/* Thick for a large weight; the colour says the sign, as the number does. */
static void
draw_edge (cairo_t                *cr,
           const graphene_point_t *from,
           const graphene_point_t *to,
           double                  weight)
{
  const GdkRGBA color = weight < 0 ? FOVEA_VERMILLION : FOVEA_BLUE;

  cairo_move_to (cr, from->x, from->y);
  cairo_line_to (cr, to->x, to->y);
  gdk_cairo_set_source_rgba (cr, &color);
  cairo_set_line_width (cr, 1 + 5 * tanh (fabs (weight) / 3));
  cairo_stroke (cr);
}

/* A unit is the fuller, the nearer its answer is to 1. */
static void
draw_node (cairo_t                *cr,
           const graphene_point_t *place,
           double                  level,
           const GdkRGBA          *ink,
           const GdkRGBA          *background)
{
  const GdkRGBA fill = FOVEA_SKY_BLUE;

  cairo_arc (cr, place->x, place->y, RADIUS, 0, 2 * G_PI);
  gdk_cairo_set_source_rgba (cr, background);
  cairo_fill_preserve (cr);

  cairo_save (cr);
  cairo_clip_preserve (cr);
  cairo_new_path (cr);
  cairo_rectangle (cr, place->x - RADIUS, place->y + RADIUS - 2 * RADIUS * level,
                   2 * RADIUS, 2 * RADIUS * level);
  cairo_set_source_rgba (cr, fill.red, fill.green, fill.blue, 0.45);
  cairo_fill (cr);
  cairo_restore (cr);

  cairo_arc (cr, place->x, place->y, RADIUS, 0, 2 * G_PI);
  cairo_set_source_rgba (cr, ink->red, ink->green, ink->blue, 0.5);
  cairo_set_line_width (cr, 1.5);
  cairo_stroke (cr);
}

static void
append_edge_text (FoveaBackpropDrawing   *self,
                  GtkSnapshot            *snapshot,
                  const graphene_point_t *places,
                  CnnBackpropWeight       weight,
                  const GdkRGBA          *ink,
                  const GdkRGBA          *background)
{
  const graphene_point_t *from = &places[edges[weight].from];
  const graphene_point_t *to = &places[edges[weight].to];
  g_autofree char *name = fovea_formula_to_markup (cnn_backprop_weight_get_name (weight));
  g_autofree char *value = fovea_formula_format_number (self->weights[weight], 3);
  g_autofree char *gradient = fovea_formula_format_number (self->answer.gradient[weight], 3);
  g_autofree char *markup = g_strdup_printf ("<b>%s = %s</b>\n<small>∂E/∂%s = %s</small>",
                                             name, value, name, gradient);
  /* Downwards the edges part slowly: their texts need to be further on. */
  double along = is_narrow (self) && weight != CNN_WEIGHT_X1 ? 0.62 : 0.5;

  append_text (self, snapshot, markup,
               from->x + along * (to->x - from->x), from->y + along * (to->y - from->y), 0.5,
               ink, background);
}

static void
append_node_text (FoveaBackpropDrawing   *self,
                  GtkSnapshot            *snapshot,
                  const graphene_point_t *place,
                  const char             *name,
                  double                  value,
                  const GdkRGBA          *ink)
{
  g_autofree char *name_markup = fovea_formula_to_markup (name);
  g_autofree char *number = fovea_formula_format_number (value, 3);
  g_autofree char *markup = g_strdup_printf ("<b>%s</b>\n<small>%s</small>", name_markup, number);

  append_text (self, snapshot, markup, place->x, place->y, 0.5, ink, NULL);
}

static void
append_target_text (FoveaBackpropDrawing   *self,
                    GtkSnapshot            *snapshot,
                    const graphene_point_t *place,
                    const char             *format,
                    double                  target,
                    double                  answer,
                    const GdkRGBA          *ink)
{
  g_autofree char *number = fovea_formula_format_number (target, 3);
  g_autofree char *miss = fovea_formula_format_number (answer - target, 3);
  g_autofree char *text = g_strdup_printf (format, number, miss);
  g_autofree char *markup = fovea_formula_to_markup (text);
  g_autofree char *small = g_strdup_printf ("<small>%s</small>", markup);

  if (is_narrow (self))
    append_text (self, snapshot, small, place->x, place->y + RADIUS + 22, 0.5, ink, NULL);
  else
    append_text (self, snapshot, small, place->x + RADIUS + 8, place->y, 0, ink, NULL);
}

static GskRenderNode *
draw (FoveaBackpropDrawing *self)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GdkRGBA ink, background;
  graphene_point_t places[N_NODES];
  cairo_t *cr;

  gtk_style_context_get_color (style, &ink);
  if (!gtk_style_context_lookup_color (style, "window_bg_color", &background))
    background = (GdkRGBA) { 1, 1, 1, 1 };
  get_places (self, places);

  cr = gtk_snapshot_append_cairo (snapshot,
    &GRAPHENE_RECT_INIT (0, 0, gtk_widget_get_width (GTK_WIDGET (self)),
                         gtk_widget_get_height (GTK_WIDGET (self))));
  for (CnnBackpropWeight weight = 0; weight < CNN_N_WEIGHTS; weight++)
    draw_edge (cr, &places[edges[weight].from], &places[edges[weight].to], self->weights[weight]);
  draw_node (cr, &places[0], 0, &ink, &background);
  for (guint i = 1; i < N_NODES; i++)
    draw_node (cr, &places[i], self->z[i - 1], &ink, &background);
  cairo_destroy (cr);

  for (CnnBackpropWeight weight = 0; weight < CNN_N_WEIGHTS; weight++)
    append_edge_text (self, snapshot, places, weight, &ink, &background);
  append_node_text (self, snapshot, &places[0], "x", self->point.x, &ink);
  append_node_text (self, snapshot, &places[1], "z1", self->z[0], &ink);
  append_node_text (self, snapshot, &places[2], "z2", self->z[1], &ink);
  append_node_text (self, snapshot, &places[3], "z3", self->z[2], &ink);
  append_target_text (self, snapshot, &places[2], "y2 = %s\nz2 − y2 = %s", self->point.y2, self->z[1], &ink);
  append_target_text (self, snapshot, &places[3], "y3 = %s\nz3 − y3 = %s", self->point.y3, self->z[2], &ink);

  return gtk_snapshot_free_to_node (snapshot);
}

static void
fovea_backprop_drawing_snapshot (GtkWidget   *widget,
                                 GtkSnapshot *snapshot)
{
  FoveaBackpropDrawing *self = FOVEA_BACKPROP_DRAWING (widget);

  if (self->drawing == NULL)
    self->drawing = draw (self);

  gtk_snapshot_append_node (snapshot, self->drawing);
}

static GtkSizeRequestMode
fovea_backprop_drawing_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
fovea_backprop_drawing_measure (GtkWidget      *widget,
                                GtkOrientation  orientation,
                                int             for_size,
                                int            *minimum,
                                int            *natural,
                                int            *minimum_baseline,
                                int            *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MIN_WIDTH;
      *natural = NATURAL_WIDTH;
    }
  else
    {
      gboolean narrow = for_size >= 0 && for_size < NARROW_WIDTH;

      *minimum = *natural = narrow ? NARROW_HEIGHT : WIDE_HEIGHT;
    }
}

static void
forget_drawing (FoveaBackpropDrawing *self)
{
  g_clear_pointer (&self->drawing, gsk_render_node_unref);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
fovea_backprop_drawing_size_allocate (GtkWidget *widget,
                                      int        width,
                                      int        height,
                                      int        baseline)
{
  g_clear_pointer (&FOVEA_BACKPROP_DRAWING (widget)->drawing, gsk_render_node_unref);
}

static void
fovea_backprop_drawing_css_changed (GtkWidget         *widget,
                                    GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (fovea_backprop_drawing_parent_class)->css_changed (widget, change);

  forget_drawing (FOVEA_BACKPROP_DRAWING (widget));
}

static void
fovea_backprop_drawing_finalize (GObject *object)
{
  FoveaBackpropDrawing *self = FOVEA_BACKPROP_DRAWING (object);

  g_clear_pointer (&self->drawing, gsk_render_node_unref);

  G_OBJECT_CLASS (fovea_backprop_drawing_parent_class)->finalize (object);
}

static void
fovea_backprop_drawing_class_init (FoveaBackpropDrawingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = fovea_backprop_drawing_finalize;

  widget_class->snapshot = fovea_backprop_drawing_snapshot;
  widget_class->get_request_mode = fovea_backprop_drawing_get_request_mode;
  widget_class->measure = fovea_backprop_drawing_measure;
  widget_class->size_allocate = fovea_backprop_drawing_size_allocate;
  widget_class->css_changed = fovea_backprop_drawing_css_changed;

  gtk_widget_class_set_css_name (widget_class, "fovea-backprop-drawing");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
fovea_backprop_drawing_init (FoveaBackpropDrawing *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Network of three weights: x leads to z1, and z1 to z2 and z3"),
                                  -1);
}

/**
 * fovea_backprop_drawing_set:
 * @weights: (array fixed-size=3): the weights
 * @point: the data point that is sent through the network
 * @answer: the gradients, over all points
 *
 * Draws the network.
 */
void
fovea_backprop_drawing_set (FoveaBackpropDrawing    *self,
                            const double             weights[CNN_N_WEIGHTS],
                            const CnnBackpropPoint  *point,
                            const CnnBackpropAnswer *answer)
{
  g_autofree char *description = NULL;

  g_return_if_fail (FOVEA_IS_BACKPROP_DRAWING (self));

  for (guint i = 0; i < CNN_N_WEIGHTS; i++)
    self->weights[i] = weights[i];
  self->point = *point;
  self->answer = *answer;
  cnn_backprop_forward (weights, point->x, self->z);

  description = g_strdup_printf ("x = %g, z1 = %.3g, z2 = %.3g, y2 = %g, z3 = %.3g, y3 = %g",
                                 point->x, self->z[0], self->z[1], point->y2, self->z[2], point->y3);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description,
                                  -1);
  forget_drawing (self);
}
