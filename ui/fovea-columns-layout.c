#define G_LOG_DOMAIN "fovea-columns-layout"

#include "fovea-columns-layout.h"

/* In pixels */
#define COLUMN_SPACING 24
#define ROW_SPACING    18
#define COLUMN_WIDTH   330      /* what a column should have, to stand beside another */

struct _FoveaColumnsLayout
{
  GtkLayoutManager parent_instance;
};

G_DEFINE_FINAL_TYPE (FoveaColumnsLayout, fovea_columns_layout, GTK_TYPE_LAYOUT_MANAGER)

static GtkWidget *
next_visible (GtkWidget *child)
{
  while (child != NULL && !gtk_widget_should_layout (child))
    child = gtk_widget_get_next_sibling (child);

  return child;
}

#define FOR_EACH_CHILD(child, widget) \
  for (GtkWidget *child = next_visible (gtk_widget_get_first_child (widget)); \
       child != NULL; \
       child = next_visible (gtk_widget_get_next_sibling (child)))

static int
get_least_width (GtkWidget *widget)
{
  int least = 0;

  FOR_EACH_CHILD (child, widget)
    {
      int minimum;

      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
      least = MAX (least, minimum);
    }

  return least;
}

/* Returns the width of a column, and how many there are: all or one. */
static int
get_columns (GtkWidget *widget,
             int        width,
             guint     *n_columns)
{
  guint n_children = 0;
  int column;

  FOR_EACH_CHILD (child, widget)
    n_children++;

  column = n_children > 0 ? (width - ((int) n_children - 1) * COLUMN_SPACING) / (int) n_children : width;
  *n_columns = column >= MAX (COLUMN_WIDTH, get_least_width (widget)) ? n_children : 1;

  return *n_columns > 1 ? column : width;
}

static GtkSizeRequestMode
fovea_columns_layout_get_request_mode (GtkLayoutManager *manager,
                                       GtkWidget        *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
measure_width (GtkWidget *widget,
               int       *minimum,
               int       *natural)
{
  int spacing = 0;

  *minimum = get_least_width (widget);
  *natural = 0;

  FOR_EACH_CHILD (child, widget)
    {
      *natural += MAX (COLUMN_WIDTH, *minimum) + spacing;
      spacing = COLUMN_SPACING;
    }
}

static void
measure_height (GtkWidget *widget,
                int        width,
                int       *minimum,
                int       *natural)
{
  guint n_columns;
  int column, spacing = 0;

  if (width < 0)
    measure_width (widget, minimum, &width);
  column = get_columns (widget, width, &n_columns);
  *minimum = *natural = 0;

  FOR_EACH_CHILD (child, widget)
    {
      int child_minimum, child_natural;

      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, column,
                          &child_minimum, &child_natural, NULL, NULL);

      if (n_columns > 1)
        {
          *minimum = MAX (*minimum, child_minimum);
          *natural = MAX (*natural, child_natural);
        }
      else
        {
          *minimum += child_minimum + spacing;
          *natural += child_natural + spacing;
          spacing = ROW_SPACING;
        }
    }
}

static void
fovea_columns_layout_measure (GtkLayoutManager *manager,
                              GtkWidget        *widget,
                              GtkOrientation    orientation,
                              int               for_size,
                              int              *minimum,
                              int              *natural,
                              int              *minimum_baseline,
                              int              *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    measure_width (widget, minimum, natural);
  else
    measure_height (widget, for_size, minimum, natural);
}

static void
fovea_columns_layout_allocate (GtkLayoutManager *manager,
                               GtkWidget        *widget,
                               int               width,
                               int               height,
                               int               baseline)
{
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  guint n_columns;
  int column = get_columns (widget, width, &n_columns);
  int x = 0, y = 0;

  FOR_EACH_CHILD (child, widget)
    {
      int child_height;

      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, column, NULL, &child_height, NULL, NULL);

      if (n_columns > 1)
        {
          gtk_widget_size_allocate (child,
                                    &(GtkAllocation) { rtl ? width - x - column : x, 0, column, height },
                                    -1);
          x += column + COLUMN_SPACING;
        }
      else
        {
          gtk_widget_size_allocate (child, &(GtkAllocation) { 0, y, column, child_height }, -1);
          y += child_height + ROW_SPACING;
        }
    }
}

static void
fovea_columns_layout_class_init (FoveaColumnsLayoutClass *klass)
{
  GtkLayoutManagerClass *manager_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  manager_class->get_request_mode = fovea_columns_layout_get_request_mode;
  manager_class->measure = fovea_columns_layout_measure;
  manager_class->allocate = fovea_columns_layout_allocate;
}

static void
fovea_columns_layout_init (FoveaColumnsLayout *self)
{
}

/**
 * fovea_columns_layout_new:
 *
 * Returns: (transfer full): a new layout manager
 */
GtkLayoutManager *
fovea_columns_layout_new (void)
{
  return g_object_new (FOVEA_TYPE_COLUMNS_LAYOUT, NULL);
}
