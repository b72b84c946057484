#define G_LOG_DOMAIN "fovea-sizes-drawing"

#include "fovea-sizes-drawing.h"

#include <math.h>

#include <glib/gi18n.h>

#include "fovea-palette.h"

/* In pixels */
#define MIN_WIDTH     280
#define NATURAL_WIDTH 720
#define LARGEST_CELL  20.
#define LARGEST_GRID  340.
#define SMALLEST_GRID 60.
#define GAP           28.
#define MARGIN        12.
#define SLOT          70.       /* what a grid's title needs */
#define TITLE_HEIGHT  44.
#define SHEET_OFFSET  3.

/* Cells below this have no lines between them, and no zeros in the padding. */
#define SMALLEST_LINED_CELL  4.
#define SMALLEST_ZEROED_CELL 13.

typedef enum
{
  GRID_INPUT,
  GRID_CONVOLUTION,
  GRID_POOLING,
  N_GRIDS,
} Grid;

typedef struct
{
  double cell;
  double left[N_GRIDS];
  double top[N_GRIDS];
  double slot_left[N_GRIDS];
  double slot_width[N_GRIDS];
} Layout;

/* Cells of a grid, from the first up to but not including the end. */
typedef struct
{
  guint row;
  guint column;
  guint row_end;
  guint column_end;
} Cells;

struct _FoveaSizesDrawing
{
  GtkWidget parent_instance;

  /* The last possible settings: they stay, pale, while others are not. */
  CnnSizesLesson lesson;
  CnnSizesAnswer answer;
  gboolean solved;
  gboolean possible;

  /* The chosen cell: of the convolution or the pooling. */
  Grid grid;
  guint row;
  guint column;
  char *caption;

  /* Everything but the chosen cell, until something of it changes. */
  GskRenderNode *drawing;
};

enum
{
  PROP_0,
  PROP_CAPTION,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FoveaSizesDrawing, fovea_sizes_drawing, GTK_TYPE_WIDGET)

static guint
get_n_cells (FoveaSizesDrawing *self,
             Grid               grid)
{
  switch (grid)
    {
    case GRID_INPUT:
      return self->lesson.input_size + 2 * self->lesson.padding;
    case GRID_CONVOLUTION:
      return self->answer.conv_size;
    case GRID_POOLING:
    case N_GRIDS:
    default:
      return self->answer.pool_size;
    }
}

static double
get_total_width (FoveaSizesDrawing *self,
                 double             cell)
{
  double width = 2 * MARGIN + (N_GRIDS - 1) * GAP;

  for (Grid grid = 0; grid < N_GRIDS; grid++)
    width += MAX (get_n_cells (self, grid) * cell, SLOT);

  return width;
}

/* How large a grid may become: it hangs on the width alone, so that nothing below
 * the drawing moves while someone turns the numbers. */
static double
get_grid_room (double width)
{
  return CLAMP (width - 2 * MARGIN - (N_GRIDS - 1) * (GAP + SLOT), SMALLEST_GRID, LARGEST_GRID);
}

/* The largest cells with which everything fits, on whole pixels if it can be. */
static void
lay_out (FoveaSizesDrawing *self,
         double             width,
         Layout            *layout)
{
  double room = get_grid_room (width);
  double cell = MIN (LARGEST_CELL, room / get_n_cells (self, GRID_INPUT));
  double x;

  if (cell > 2)
    cell = floor (cell);
  while (cell > 0.01 && get_total_width (self, cell) > width)
    cell = cell > 2 ? cell - 1 : cell * 0.9;

  x = MARGIN + MAX (0, (width - get_total_width (self, cell)) / 2);
  layout->cell = cell;

  for (Grid grid = 0; grid < N_GRIDS; grid++)
    {
      double side = get_n_cells (self, grid) * cell;

      layout->slot_left[grid] = floor (x);
      layout->slot_width[grid] = MAX (side, SLOT);
      layout->left[grid] = floor (x + (layout->slot_width[grid] - side) / 2);
      layout->top[grid] = floor (MARGIN + TITLE_HEIGHT + 2 * SHEET_OFFSET + (room - side) / 2);
      x += layout->slot_width[grid] + GAP;
    }
}

static void
get_color (Grid     grid,
           GdkRGBA *color)
{
  const GdkRGBA colors[N_GRIDS] = { FOVEA_SKY_BLUE, FOVEA_ORANGE, FOVEA_GREEN };

  *color = colors[grid];
}

static void
set_source (cairo_t       *cr,
            const GdkRGBA *color,
            double         alpha)
{
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, color->alpha * alpha);
}

static void
add_cells (cairo_t      *cr,
           const Layout *layout,
           Grid          grid,
           const Cells  *cells)
{
  cairo_rectangle (cr,
                   layout->left[grid] + cells->column * layout->cell,
                   layout->top[grid] + cells->row * layout->cell,
                   (cells->column_end - cells->column) * layout->cell,
                   (cells->row_end - cells->row) * layout->cell);
}

/* Windows may leave gaps, or cells at the end: nothing ever looks at these. */
static gboolean
is_seen (FoveaSizesDrawing *self,
         Grid               grid,
         guint              position)
{
  guint stride = grid == GRID_INPUT ? self->lesson.stride : self->lesson.pool_stride;
  guint kernel = grid == GRID_INPUT ? self->lesson.kernel : self->lesson.pool_kernel;
  guint last;

  if (grid == GRID_POOLING)
    return TRUE;

  last = get_n_cells (self, grid + 1) - 1;

  return position - MIN (position / stride, last) * stride < kernel;
}

static void
draw_unseen (FoveaSizesDrawing *self,
             cairo_t           *cr,
             const Layout      *layout,
             Grid               grid,
             const GdkRGBA     *ink)
{
  guint n = get_n_cells (self, grid);

  for (guint i = 0; i < n; i++)
    if (!is_seen (self, grid, i))
      {
        add_cells (cr, layout, grid, &(Cells) { i, 0, i + 1, n });
        add_cells (cr, layout, grid, &(Cells) { 0, i, n, i + 1 });
      }

  set_source (cr, ink, 0.3);
  cairo_fill (cr);
}

/* As many as there are channels, but no more than tell "several". */
static void
draw_sheets (cairo_t       *cr,
             const Layout  *layout,
             Grid           grid,
             guint          n_cells,
             guint          n_channels,
             const GdkRGBA *color)
{
  double side = n_cells * layout->cell;

  for (int sheet = MIN (n_channels, 3) - 1; sheet > 0; sheet--)
    {
      double offset = sheet * SHEET_OFFSET;

      cairo_rectangle (cr, layout->left[grid] + offset + 0.5, layout->top[grid] - offset + 0.5,
                       side - 1, side - 1);
      set_source (cr, color, 0.12);
      cairo_fill_preserve (cr);
      set_source (cr, color, 0.6);
      cairo_set_line_width (cr, 1);
      cairo_stroke (cr);
    }
}

static void
draw_lines (cairo_t       *cr,
            const Layout  *layout,
            Grid           grid,
            guint          n_cells,
            const GdkRGBA *ink)
{
  double side = n_cells * layout->cell;

  if (layout->cell < SMALLEST_LINED_CELL)
    return;

  for (guint i = 1; i < n_cells; i++)
    {
      double offset = floor (i * layout->cell) + 0.5;

      cairo_move_to (cr, layout->left[grid] + offset, layout->top[grid]);
      cairo_rel_line_to (cr, 0, side);
      cairo_move_to (cr, layout->left[grid], layout->top[grid] + offset);
      cairo_rel_line_to (cr, side, 0);
    }

  set_source (cr, ink, 0.16);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
}

static void
draw_zeros (FoveaSizesDrawing *self,
            cairo_t           *cr,
            const Layout      *layout,
            const GdkRGBA     *ink)
{
  guint n = get_n_cells (self, GRID_INPUT);
  guint padding = self->lesson.padding;
  cairo_text_extents_t extents;

  if (layout->cell < SMALLEST_ZEROED_CELL)
    return;

  cairo_select_font_face (cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size (cr, layout->cell * 0.6);
  cairo_text_extents (cr, "0", &extents);
  set_source (cr, ink, 0.4);

  for (guint row = 0; row < n; row++)
    for (guint column = 0; column < n; column++)
      {
        gboolean inside = row >= padding && row < n - padding &&
                          column >= padding && column < n - padding;

        if (inside)
          continue;

        cairo_move_to (cr,
                       layout->left[GRID_INPUT] + (column + 0.5) * layout->cell
                         - extents.width / 2 - extents.x_bearing,
                       layout->top[GRID_INPUT] + (row + 0.5) * layout->cell
                         - extents.height / 2 - extents.y_bearing);
        cairo_show_text (cr, "0");
      }
}

static void
draw_grid (FoveaSizesDrawing *self,
           cairo_t           *cr,
           const Layout      *layout,
           Grid               grid,
           guint              n_channels,
           const GdkRGBA     *ink)
{
  guint n = get_n_cells (self, grid);
  guint padding = grid == GRID_INPUT ? self->lesson.padding : 0;
  GdkRGBA color;

  get_color (grid, &color);
  draw_sheets (cr, layout, grid, n, n_channels, &color);

  /* The padding is empty, and the sheets do not shine through it. */
  add_cells (cr, layout, grid, &(Cells) { 0, 0, n, n });
  cairo_save (cr);
  cairo_set_operator (cr, CAIRO_OPERATOR_CLEAR);
  cairo_fill (cr);
  cairo_restore (cr);

  add_cells (cr, layout, grid, &(Cells) { padding, padding, n - padding, n - padding });
  set_source (cr, &color, 0.3);
  cairo_fill (cr);

  draw_unseen (self, cr, layout, grid, ink);
  draw_lines (cr, layout, grid, n, ink);
  if (grid == GRID_INPUT)
    draw_zeros (self, cr, layout, ink);

  cairo_rectangle (cr, layout->left[grid] + 0.5, layout->top[grid] + 0.5,
                   MAX (1, n * layout->cell - 1), MAX (1, n * layout->cell - 1));
  set_source (cr, &color, 1);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
}

static void
append_title (FoveaSizesDrawing *self,
              GtkSnapshot       *snapshot,
              const Layout      *layout,
              Grid               grid,
              const char        *name,
              guint              size,
              guint              n_channels,
              const GdkRGBA     *ink)
{
  g_autofree char *markup = g_markup_printf_escaped ("<b>%s</b>\n%u × %u × %u", name, size, size, n_channels);
  g_autoptr (PangoLayout) text = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
  double width = layout->slot_width[grid] + GAP - 4;
  double x = layout->slot_left[grid] - (GAP - 4) / 2;
  int height;

  pango_layout_set_markup (text, markup, -1);
  pango_layout_set_alignment (text, PANGO_ALIGN_CENTER);
  pango_layout_set_width (text, width * PANGO_SCALE);
  pango_layout_set_ellipsize (text, PANGO_ELLIPSIZE_END);
  pango_layout_get_pixel_size (text, NULL, &height);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
    &GRAPHENE_POINT_INIT (floor (x), floor (layout->top[grid] - 2 * SHEET_OFFSET - 4 - height)));
  gtk_snapshot_append_layout (snapshot, text, ink);
  gtk_snapshot_restore (snapshot);
}

static GskRenderNode *
draw (FoveaSizesDrawing *self,
      const Layout      *layout,
      const GdkRGBA     *ink)
{
  const CnnSizesLesson *lesson = &self->lesson;
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot,
    &GRAPHENE_RECT_INIT (0, 0, gtk_widget_get_width (GTK_WIDGET (self)),
                         gtk_widget_get_height (GTK_WIDGET (self))));

  draw_grid (self, cr, layout, GRID_INPUT, lesson->channels, ink);
  draw_grid (self, cr, layout, GRID_CONVOLUTION, lesson->filters, ink);
  draw_grid (self, cr, layout, GRID_POOLING, lesson->filters, ink);
  cairo_destroy (cr);

  append_title (self, snapshot, layout, GRID_INPUT, _("Input"),
                lesson->input_size, lesson->channels, ink);
  append_title (self, snapshot, layout, GRID_CONVOLUTION, _("Convolution"),
                self->answer.conv_size, lesson->filters, ink);
  append_title (self, snapshot, layout, GRID_POOLING, _("Max pooling"),
                self->answer.pool_size, lesson->filters, ink);

  return gtk_snapshot_free_to_node (snapshot);
}

/* The cells of the grid before that a cell is worked out from. */
static Cells
get_window (FoveaSizesDrawing *self,
            Grid               grid,
            const Cells       *cells)
{
  guint stride = grid == GRID_CONVOLUTION ? self->lesson.stride : self->lesson.pool_stride;
  guint kernel = grid == GRID_CONVOLUTION ? self->lesson.kernel : self->lesson.pool_kernel;

  return (Cells) {
    .row = cells->row * stride,
    .column = cells->column * stride,
    .row_end = (cells->row_end - 1) * stride + kernel,
    .column_end = (cells->column_end - 1) * stride + kernel,
  };
}

/* Marks a window, and the lines along which it becomes one cell. */
static void
draw_window (cairo_t       *cr,
             const Layout  *layout,
             Grid           grid,
             const Cells   *cells,
             const Cells   *window,
             const GdkRGBA *color)
{
  Grid before = grid - 1;
  double from = layout->left[before] + window->column_end * layout->cell;
  double to = layout->left[grid] + cells->column * layout->cell;

  cairo_move_to (cr, from, layout->top[before] + window->row * layout->cell);
  cairo_line_to (cr, to, layout->top[grid] + cells->row * layout->cell);
  cairo_line_to (cr, to, layout->top[grid] + cells->row_end * layout->cell);
  cairo_line_to (cr, from, layout->top[before] + window->row_end * layout->cell);
  cairo_close_path (cr);
  set_source (cr, color, 0.13);
  cairo_fill (cr);

  add_cells (cr, layout, before, window);
  set_source (cr, color, 0.4);
  cairo_fill_preserve (cr);
  set_source (cr, color, 1);
  cairo_set_line_width (cr, 2);
  cairo_stroke (cr);
}

static void
draw_chosen (FoveaSizesDrawing *self,
             cairo_t           *cr,
             const Layout      *layout)
{
  Cells cells = { self->row, self->column, self->row + 1, self->column + 1 };
  GdkRGBA color;

  get_color (self->grid, &color);
  add_cells (cr, layout, self->grid, &cells);
  set_source (cr, &color, 1);
  cairo_fill_preserve (cr);
  cairo_set_line_width (cr, 2);
  cairo_stroke (cr);

  for (Grid grid = self->grid; grid > GRID_INPUT; grid--)
    {
      Cells window = get_window (self, grid, &cells);

      draw_window (cr, layout, grid, &cells, &window, &color);
      cells = window;
    }
}

static void
fovea_sizes_drawing_snapshot (GtkWidget   *widget,
                              GtkSnapshot *snapshot)
{
  FoveaSizesDrawing *self = FOVEA_SIZES_DRAWING (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  Layout layout;
  cairo_t *cr;

  if (!self->solved)
    return;

  lay_out (self, width, &layout);

  if (self->drawing == NULL)
    {
      GdkRGBA ink;

      gtk_style_context_get_color (gtk_widget_get_style_context (widget), &ink);
      self->drawing = draw (self, &layout, &ink);
    }

  if (!self->possible)
    {
      gtk_snapshot_push_opacity (snapshot, 0.15);
      gtk_snapshot_append_node (snapshot, self->drawing);
      gtk_snapshot_pop (snapshot);
      return;
    }

  gtk_snapshot_append_node (snapshot, self->drawing);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  draw_chosen (self, cr, &layout);
  cairo_destroy (cr);
}

static GtkSizeRequestMode
fovea_sizes_drawing_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
fovea_sizes_drawing_measure (GtkWidget      *widget,
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
      return;
    }

  *minimum = *natural = ceil (get_grid_room (for_size < 0 ? NATURAL_WIDTH : for_size) +
                              TITLE_HEIGHT + 2 * SHEET_OFFSET + 2 * MARGIN);
}

static void
fovea_sizes_drawing_size_allocate (GtkWidget *widget,
                                   int        width,
                                   int        height,
                                   int        baseline)
{
  g_clear_pointer (&FOVEA_SIZES_DRAWING (widget)->drawing, gsk_render_node_unref);
}

static void
fovea_sizes_drawing_css_changed (GtkWidget         *widget,
                                 GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (fovea_sizes_drawing_parent_class)->css_changed (widget, change);

  g_clear_pointer (&FOVEA_SIZES_DRAWING (widget)->drawing, gsk_render_node_unref);
  gtk_widget_queue_draw (widget);
}

static char *
describe_chosen (FoveaSizesDrawing *self)
{
  Cells cells = { self->row, self->column, self->row + 1, self->column + 1 };
  Cells window = get_window (self, self->grid, &cells);

  if (self->grid == GRID_CONVOLUTION)
    return g_strdup_printf (_("Row %u, column %u of the convolution sees rows %u to %u and "
                              "columns %u to %u of the padded input."),
                            self->row + 1, self->column + 1,
                            window.row + 1, window.row_end, window.column + 1, window.column_end);

  return g_strdup_printf (_("Row %u, column %u of the pooling is the largest of rows %u to %u and "
                            "columns %u to %u of the convolution."),
                          self->row + 1, self->column + 1,
                          window.row + 1, window.row_end, window.column + 1, window.column_end);
}

static char *
describe_unseen (FoveaSizesDrawing *self)
{
  guint n_unseen = 0;

  for (guint i = 0; i < get_n_cells (self, self->grid - 1); i++)
    n_unseen += !is_seen (self, self->grid - 1, i);

  if (n_unseen == 0)
    return g_strdup ("");

  return g_strdup_printf (ngettext ("No window reaches %u row and column (grey).",
                                    "No window reaches %u rows and columns (grey).", n_unseen),
                          n_unseen);
}

static void
update_caption (FoveaSizesDrawing *self)
{
  g_autofree char *caption = NULL;

  if (self->possible)
    {
      g_autofree char *chosen = describe_chosen (self);
      g_autofree char *unseen = describe_unseen (self);

      caption = g_strstrip (g_strjoin (" ", chosen, unseen, NULL));
    }

  if (g_strcmp0 (self->caption, caption) == 0)
    return;

  g_free (self->caption);
  self->caption = g_steal_pointer (&caption);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  self->caption != NULL ? self->caption : "",
                                  -1);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAPTION]);
}

static void
choose (FoveaSizesDrawing *self,
        Grid               grid,
        guint              row,
        guint              column)
{
  self->grid = grid;
  self->row = MIN (row, get_n_cells (self, grid) - 1);
  self->column = MIN (column, get_n_cells (self, grid) - 1);

  update_caption (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
motion_cb (GtkEventControllerMotion *controller,
           double                    x,
           double                    y,
           FoveaSizesDrawing        *self)
{
  Layout layout;

  if (!self->possible)
    return;

  lay_out (self, gtk_widget_get_width (GTK_WIDGET (self)), &layout);

  for (Grid grid = GRID_CONVOLUTION; grid < N_GRIDS; grid++)
    {
      double column = (x - layout.left[grid]) / layout.cell;
      double row = (y - layout.top[grid]) / layout.cell;
      guint n = get_n_cells (self, grid);

      if (row >= 0 && row < n && column >= 0 && column < n)
        choose (self, grid, row, column);
    }
}

static void
click_cb (GtkGestureClick   *gesture,
          int                n_press,
          double             x,
          double             y,
          FoveaSizesDrawing *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  motion_cb (NULL, x, y, self);
}

/* From the convolution's last column the way leads on to the pooling, and back:
 * they stand side by side. */
static gboolean
move_cb (GtkWidget *widget,
         GVariant  *args,
         gpointer   unused)
{
  FoveaSizesDrawing *self = FOVEA_SIZES_DRAWING (widget);
  int down, right;
  gint64 row, column;
  guint n;

  if (!self->possible)
    return FALSE;

  g_variant_get (args, "(ii)", &down, &right);
  n = get_n_cells (self, self->grid);
  row = (gint64) self->row + down;
  column = (gint64) self->column + right;

  if (row < 0 || row >= n)
    return FALSE;

  if (self->grid == GRID_CONVOLUTION && column >= n)
    choose (self, GRID_POOLING, row / self->lesson.pool_stride, 0);
  else if (self->grid == GRID_POOLING && column < 0)
    choose (self, GRID_CONVOLUTION, row * self->lesson.pool_stride, G_MAXUINT);
  else if (column < 0 || column >= n)
    return FALSE;
  else
    choose (self, self->grid, row, column);

  return TRUE;
}

static void
fovea_sizes_drawing_get_property (GObject    *object,
                                  guint       prop_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_CAPTION:
      g_value_set_string (value, FOVEA_SIZES_DRAWING (object)->caption);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fovea_sizes_drawing_finalize (GObject *object)
{
  FoveaSizesDrawing *self = FOVEA_SIZES_DRAWING (object);

  g_clear_pointer (&self->drawing, gsk_render_node_unref);
  g_free (self->caption);

  G_OBJECT_CLASS (fovea_sizes_drawing_parent_class)->finalize (object);
}

static void
fovea_sizes_drawing_class_init (FoveaSizesDrawingClass *klass)
{
  static const struct { guint keyval; int down; int right; } moves[] = {
    { GDK_KEY_Up, -1, 0 }, { GDK_KEY_KP_Up, -1, 0 },
    { GDK_KEY_Down, 1, 0 }, { GDK_KEY_KP_Down, 1, 0 },
    { GDK_KEY_Left, 0, -1 }, { GDK_KEY_KP_Left, 0, -1 },
    { GDK_KEY_Right, 0, 1 }, { GDK_KEY_KP_Right, 0, 1 },
  };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = fovea_sizes_drawing_get_property;
  object_class->finalize = fovea_sizes_drawing_finalize;

  widget_class->snapshot = fovea_sizes_drawing_snapshot;
  widget_class->get_request_mode = fovea_sizes_drawing_get_request_mode;
  widget_class->measure = fovea_sizes_drawing_measure;
  widget_class->size_allocate = fovea_sizes_drawing_size_allocate;
  widget_class->css_changed = fovea_sizes_drawing_css_changed;

  /**
   * FoveaSizesDrawing:caption:
   *
   * What the chosen cell is worked out from, in words.
   */
  properties[PROP_CAPTION] =
    g_param_spec_string ("caption", NULL, NULL, NULL,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  for (gsize i = 0; i < G_N_ELEMENTS (moves); i++)
    gtk_widget_class_add_binding (widget_class, moves[i].keyval, 0, move_cb,
                                  "(ii)", moves[i].down, moves[i].right);

  gtk_widget_class_set_css_name (widget_class, "fovea-sizes-drawing");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
fovea_sizes_drawing_init (FoveaSizesDrawing *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  /* Away from the corner, where a window can be seen to move. */
  self->grid = GRID_CONVOLUTION;
  self->row = 2;
  self->column = 4;

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Input, convolution and pooling as grids of cells"),
                                  -1);

  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect (click, "pressed", G_CALLBACK (click_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

/**
 * fovea_sizes_drawing_set:
 * @lesson: the settings
 * @answer: (nullable): what they come to, or %NULL if they are impossible
 *
 * Draws a network; with impossible settings, pale, the one before. The chosen
 * cell stays where it is as long as it is there.
 */
void
fovea_sizes_drawing_set (FoveaSizesDrawing    *self,
                         const CnnSizesLesson *lesson,
                         const CnnSizesAnswer *answer)
{
  g_return_if_fail (FOVEA_IS_SIZES_DRAWING (self));
  g_return_if_fail (lesson != NULL);

  self->possible = answer != NULL;

  if (self->possible)
    {
      self->solved = TRUE;
      self->lesson = *lesson;
      self->answer = *answer;
      choose (self, self->grid, self->row, self->column);
    }
  else
    {
      update_caption (self);
    }

  g_clear_pointer (&self->drawing, gsk_render_node_unref);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * fovea_sizes_drawing_get_caption:
 *
 * Returns: (nullable): what the chosen cell is worked out from, in words
 */
const char *
fovea_sizes_drawing_get_caption (FoveaSizesDrawing *self)
{
  g_return_val_if_fail (FOVEA_IS_SIZES_DRAWING (self), NULL);

  return self->caption;
}
