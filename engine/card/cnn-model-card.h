#pragma once

#include "dataset/cnn-labels.h"
#include "image/cnn-recipe.h"
#include "network/cnn-network.h"

G_BEGIN_DECLS

/**
 * CnnModelCard:
 *
 * What is known of a model besides its layers: how its pictures are to be prepared,
 * and what its classes are called. Reference-counted and immutable.
 */
typedef struct _CnnModelCard CnnModelCard;

#define CNN_TYPE_MODEL_CARD (cnn_model_card_get_type ())

GType            cnn_model_card_get_type   (void) G_GNUC_CONST;
CnnModelCard    *cnn_model_card_load       (CnnNetwork    *network,
                                            GCancellable  *cancellable,
                                            GError       **error);
CnnModelCard    *cnn_model_card_ref        (CnnModelCard  *self);
void             cnn_model_card_unref      (CnnModelCard  *self);
const char      *cnn_model_card_get_name   (CnnModelCard  *self);
const CnnRecipe *cnn_model_card_get_recipe (CnnModelCard  *self);
const char      *cnn_model_card_get_source (CnnModelCard  *self);
CnnLabels       *cnn_model_card_get_labels (CnnModelCard  *self);
gboolean         cnn_model_card_accepts    (CnnModelCard    *self,
                                            const CnnRecipe *recipe);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CnnModelCard, cnn_model_card_unref)

G_END_DECLS
