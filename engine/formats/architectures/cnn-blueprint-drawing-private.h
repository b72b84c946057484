#pragma once

#include "formats/architectures/cnn-blueprint-private.h"

G_BEGIN_DECLS

/* Engine-internal: what the functions that draw layers share with the blueprint
 * itself; descriptions have no use for it. */

typedef struct
{
  char *name;
  CnnKind kind;
  CnnAttributes attributes;
  guint *inputs;
  guint n_inputs;
  CnnTensor *parameters[CNN_N_PARAMETERS];     /* owned */
  CnnShape output;                             /* of the input layer */
  gsize channels;
  gsize n_cells;                               /* height·width where it is known, else 1 */
} CnnBlueprintLayer;

CnnBlueprintLayer *cnn_blueprint_get_layer    (CnnBlueprint            *self,
                                               guint                    index);
CnnBlueprintLayer *cnn_blueprint_add_layer    (CnnBlueprint            *self,
                                               CnnKind                  kind,
                                               char                    *name,
                                               const guint             *inputs,
                                               guint                    n_inputs);
guint              cnn_blueprint_get_last     (CnnBlueprint            *self);
char              *cnn_blueprint_dup_name     (CnnBlueprint            *self,
                                               const char              *name);
double             cnn_blueprint_get_epsilon  (CnnBlueprint            *self);
const CnnShape    *cnn_blueprint_find_shape   (CnnBlueprint            *self,
                                               const char              *layer,
                                               const char              *suffix);
CnnTensor         *cnn_blueprint_claim        (CnnBlueprint            *self,
                                               const CnnBlueprintLayer *layer,
                                               const char              *suffix,
                                               const CnnShape          *shape);

/* Which of several extents most tensors speak for. */
typedef struct
{
  gsize extents[12];
  guint votes[12];
  guint n;
} CnnBallot;

void  cnn_ballot_add    (CnnBallot      *ballot,
                         const CnnShape *shape,
                         guint           dimension);
gsize cnn_ballot_decide (CnnBallot      *ballot,
                         gsize           usual);

G_END_DECLS
