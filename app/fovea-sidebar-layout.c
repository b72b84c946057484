#define G_LOG_DOMAIN "fovea-sidebar-layout"

#include "config.h"

#include "fovea-sidebar-layout.h"

/* Between the children, in either direction. */
#define SPACING 24

struct _FoveaSidebarLayout
{
  GtkLayoutManager parent_instance;
};

G_DEFINE_FINAL_TYPE (FoveaSidebarLayout, fovea_sidebar_layout, GTK_TYPE_LAYOUT_MANAGER)

typedef struct
{
  int minimum;
  int natural;
} Size;

static Size
measure_child (GtkWidget      *child,
               GtkOrientation  orientation,
               int             for_size)
{
  Size size = { 0, 0 };

  if (child != NULL && gtk_widget_should_layout (child))
    gtk_widget_measure (child, orientation, for_size, &size.minimum, &size.natural, NULL, NULL);

  return size;
}

/* Whether there is room for both; then, how wide the first one is. */
static gboolean
fits (GtkWidget *first,
      GtkWidget *second,
      int        width,
      int       *first_width)
{
  Size a = measure_child (first, GTK_ORIENTATION_HORIZONTAL, -1);
  Size b = measure_child (second, GTK_ORIENTATION_HORIZONTAL, -1);

  *first_width = a.natural;

  return width >= a.natural + SPACING + b.natural;
}

static GtkSizeRequestMode
fovea_sidebar_layout_get_request_mode (GtkLayoutManager *layout,
                                       GtkWidget        *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
fovea_sidebar_layout_measure (GtkLayoutManager *layout,
                              GtkWidget        *widget,
                              GtkOrientation    orientation,
                              int               for_size,
                              int              *minimum,
                              int              *natural,
                              int              *minimum_baseline,
                              int              *natural_baseline)
{
  GtkWidget *first = gtk_widget_get_first_child (widget);
  GtkWidget *second = first != NULL ? gtk_widget_get_next_sibling (first) : NULL;
  int first_width = 0;
  Size a, b;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      a = measure_child (first, orientation, -1);
      b = measure_child (second, orientation, -1);
      *minimum = MAX (a.minimum, b.minimum);
      *natural = a.natural + SPACING + b.natural;
    }
  else if (for_size < 0 || fits (first, second, for_size, &first_width))
    {
      a = measure_child (first, orientation, for_size < 0 ? -1 : first_width);
      b = measure_child (second, orientation, for_size < 0 ? -1 : for_size - first_width - SPACING);
      *minimum = MAX (a.minimum, b.minimum);
      *natural = MAX (a.natural, b.natural);
    }
  else
    {
      a = measure_child (first, orientation, for_size);
      b = measure_child (second, orientation, for_size);
      *minimum = a.minimum + SPACING + b.minimum;
      *natural = a.natural + SPACING + b.natural;
    }
}

static void
allocate_child (GtkWidget *child,
                int        x,
                int        y,
                int        width,
                int        height)
{
  if (child != NULL && gtk_widget_should_layout (child))
    gtk_widget_size_allocate (child, &(GtkAllocation) { x, y, width, height }, -1);
}

static void
fovea_sidebar_layout_allocate (GtkLayoutManager *layout,
                               GtkWidget        *widget,
                               int               width,
                               int               height,
                               int               baseline)
{
  GtkWidget *first = gtk_widget_get_first_child (widget);
  GtkWidget *second = first != NULL ? gtk_widget_get_next_sibling (first) : NULL;
  gboolean is_rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int first_width;

  if (fits (first, second, width, &first_width))
    {
      int rest = width - first_width - SPACING;

      allocate_child (first, is_rtl ? rest + SPACING : 0, 0, first_width, height);
      allocate_child (second, is_rtl ? 0 : first_width + SPACING, 0, rest, height);
    }
  else
    {
      int first_height = measure_child (first, GTK_ORIENTATION_VERTICAL, width).natural;
      int rest = height - first_height - SPACING;

      allocate_child (first, 0, 0, width, first_height);
      allocate_child (second, 0, first_height + SPACING, width,
                      MAX (rest, measure_child (second, GTK_ORIENTATION_VERTICAL, width).minimum));
    }
}

static void
fovea_sidebar_layout_class_init (FoveaSidebarLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  layout_class->get_request_mode = fovea_sidebar_layout_get_request_mode;
  layout_class->measure = fovea_sidebar_layout_measure;
  layout_class->allocate = fovea_sidebar_layout_allocate;
}

static void
fovea_sidebar_layout_init (FoveaSidebarLayout *self)
{
}
