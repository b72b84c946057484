#define G_LOG_DOMAIN "fovea-recipe-dialog"

#include "config.h"

#include "fovea-recipe-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

#include "fovea-recipe-text.h"
#include "fovea-ui.h"

#define MIN_WIDTH 340
#define MAX_WIDTH 480

struct _FoveaRecipeDialog
{
  AdwWindow parent_instance;

  /* Owned. */
  FoveaSession *session;

  /* Template widgets. */
  AdwActionRow *own_row;
  GtkWidget *own_button;
  FoveaSpinRow *resize_row;
  FoveaSpinRow *crop_row;
  AdwComboRow *filter_row;
  AdwEntryRow *mean_row;
  AdwEntryRow *std_row;
  GtkLabel *problem_label;
  GtkWidget *apply_button;

  gboolean showing;             /* rows are filled by us, not by a person */
};

G_DEFINE_FINAL_TYPE (FoveaRecipeDialog, fovea_recipe_dialog, ADW_TYPE_WINDOW)

/* Numbers as people of any language and other programs write them, each apart from
 * the next by spaces or semicolons; a comma may be either part of one or between. */
static gboolean
parse_triple (const char *text,
              float      *triple)
{
  g_auto (GStrv) parts = g_strsplit_set (text, " ;\t", -1);
  guint n = 0;

  for (guint i = 0; parts[i] != NULL; i++)
    {
      char *end;

      g_strdelimit (parts[i], ",", '.');
      if (*parts[i] == '\0')
        continue;
      if (n == 3)
        return FALSE;
      if (g_str_has_suffix (parts[i], "."))
        parts[i][strlen (parts[i]) - 1] = '\0';
      triple[n++] = g_ascii_strtod (parts[i], &end);
      if (end == parts[i] || *end != '\0')
        return FALSE;
    }

  return n == 3;
}

static char *
format_triple (const float *triple)
{
  return g_strdup_printf ("%.6g %.6g %.6g", triple[0], triple[1], triple[2]);
}

/* What the rows say. Returns FALSE, with the reason, where they make no sense. */
static gboolean
read_rows (FoveaRecipeDialog  *self,
           CnnRecipe          *recipe,
           GError            **error)
{
  *recipe = *fovea_session_get_recipe (self->session);
  recipe->name = "custom";
  recipe->short_side = fovea_spin_row_get_value (self->resize_row);
  recipe->crop_size = fovea_spin_row_get_value (self->crop_row);
  recipe->filter = adw_combo_row_get_selected (self->filter_row);

  if (!parse_triple (gtk_editable_get_text (GTK_EDITABLE (self->mean_row)), recipe->mean))
    g_set_error_literal (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                         _("The mean needs three numbers, for red, green and blue"));
  else if (!parse_triple (gtk_editable_get_text (GTK_EDITABLE (self->std_row)), recipe->std) ||
           recipe->std[0] <= 0 || recipe->std[1] <= 0 || recipe->std[2] <= 0)
    g_set_error_literal (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                         _("The standard deviation needs three positive numbers"));
  else if (recipe->short_side < recipe->crop_size)
    g_set_error_literal (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                         _("A crop cannot be larger than the resized picture"));
  else
    return cnn_recipe_check (recipe, error);

  return FALSE;
}

static void
changed_cb (FoveaRecipeDialog *self)
{
  g_autoptr (GError) error = NULL;
  CnnRecipe recipe;
  gboolean is_good;

  if (self->showing)
    return;

  is_good = read_rows (self, &recipe, &error);
  gtk_widget_set_sensitive (self->apply_button, is_good);
  gtk_widget_set_visible (GTK_WIDGET (self->problem_label), !is_good);
  gtk_label_set_text (self->problem_label, is_good ? "" : error->message);
}

static void
show_recipe (FoveaRecipeDialog *self,
             const CnnRecipe   *recipe)
{
  g_autofree char *mean = format_triple (recipe->mean);
  g_autofree char *std = format_triple (recipe->std);

  self->showing = TRUE;
  fovea_spin_row_set_value (self->resize_row, recipe->short_side);
  fovea_spin_row_set_value (self->crop_row, recipe->crop_size);
  adw_combo_row_set_selected (self->filter_row, recipe->filter);
  gtk_editable_set_text (GTK_EDITABLE (self->mean_row), mean);
  gtk_editable_set_text (GTK_EDITABLE (self->std_row), std);
  self->showing = FALSE;

  changed_cb (self);
}

static void
own_clicked_cb (FoveaRecipeDialog *self)
{
  CnnModelCard *card = fovea_session_get_card (self->session);

  show_recipe (self, cnn_model_card_get_recipe (card));
}

static void
apply_cb (FoveaRecipeDialog *self)
{
  CnnRecipe recipe;

  if (!read_rows (self, &recipe, NULL))
    return;

  fovea_session_set_recipe (self->session, &recipe);
  gtk_window_close (GTK_WINDOW (self));
}

/* What the model wants, and who says so. */
static void
show_own (FoveaRecipeDialog *self)
{
  CnnModelCard *card = fovea_session_get_card (self->session);
  const CnnRecipe *own = card != NULL ? cnn_model_card_get_recipe (card) : NULL;
  g_autofree char *text = NULL;

  gtk_widget_set_visible (self->own_button, own != NULL);
  if (own == NULL)
    {
      adw_action_row_set_subtitle (self->own_row, _("Nothing is known of how its pictures were prepared"));
      return;
    }

  text = fovea_recipe_dup_text (own);
  adw_action_row_set_subtitle (self->own_row, text);
}

static void
fovea_recipe_dialog_dispose (GObject *object)
{
  FoveaRecipeDialog *self = FOVEA_RECIPE_DIALOG (object);

  g_clear_object (&self->session);

  G_OBJECT_CLASS (fovea_recipe_dialog_parent_class)->dispose (object);
}

static void
fovea_recipe_dialog_class_init (FoveaRecipeDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fovea_recipe_dialog_dispose;

  g_type_ensure (FOVEA_TYPE_SPIN_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/fovea_app/Fovea/fovea-recipe-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaRecipeDialog, own_row);
  gtk_widget_class_bind_template_child (widget_class, FoveaRecipeDialog, own_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaRecipeDialog, resize_row);
  gtk_widget_class_bind_template_child (widget_class, FoveaRecipeDialog, crop_row);
  gtk_widget_class_bind_template_child (widget_class, FoveaRecipeDialog, filter_row);
  gtk_widget_class_bind_template_child (widget_class, FoveaRecipeDialog, mean_row);
  gtk_widget_class_bind_template_child (widget_class, FoveaRecipeDialog, std_row);
  gtk_widget_class_bind_template_child (widget_class, FoveaRecipeDialog, problem_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaRecipeDialog, apply_button);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, own_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, apply_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
fovea_recipe_dialog_init (FoveaRecipeDialog *self)
{
  self->showing = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
}

FoveaRecipeDialog *
fovea_recipe_dialog_new (FoveaSession *session,
                         GtkWindow    *parent)
{
  FoveaRecipeDialog *self = g_object_new (FOVEA_TYPE_RECIPE_DIALOG, "transient-for", parent, NULL);

  /* No wider than a narrow window. */
  gtk_window_set_default_size (GTK_WINDOW (self),
                               CLAMP (gtk_widget_get_width (GTK_WIDGET (parent)), MIN_WIDTH, MAX_WIDTH), -1);

  self->session = g_object_ref (session);
  show_own (self);
  show_recipe (self, fovea_session_get_recipe (session));

  return self;
}
