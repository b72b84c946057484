#pragma once

#include "card/cnn-model-card.h"

G_BEGIN_DECLS

struct _CnnModelCard
{
  gatomicrefcount ref_count;

  CnnRecipe recipe;
  gboolean has_recipe;
  gboolean is_explicit;         /* the model's maker says so, not its architecture alone */

  /* Owned. */
  char *name;
  char *source;                 /* who says so */
  CnnLabels *labels;
};

/* Each adds what it knows to the card; FALSE is an error. */
gboolean cnn_model_card_add_known   (CnnModelCard  *self,
                                     CnnNetwork    *network);
gboolean cnn_model_card_add_sidecar (CnnModelCard  *self,
                                     CnnNetwork    *network,
                                     GCancellable  *cancellable,
                                     GError       **error);

G_END_DECLS
