#define G_LOG_DOMAIN "fovea-learn-page"

#include "config.h"

#include "fovea-learn-page.h"

#include "fovea-ui.h"

struct _FoveaLearnPage
{
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (FoveaLearnPage, fovea_learn_page, ADW_TYPE_BIN)

static void
fovea_learn_page_class_init (FoveaLearnPageClass *klass)
{
  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (klass),
                                               "/io/github/fovea_app/Fovea/fovea-learn-page.ui");
}

static void
fovea_learn_page_init (FoveaLearnPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
