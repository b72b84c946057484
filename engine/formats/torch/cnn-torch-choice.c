#define G_LOG_DOMAIN "cnn-torch"

/* Which of the things in a checkpoint is the network: people save a state dict by
 * itself, or beside the epoch, the optimizer and averaged copies of the weights. */

#include "formats/torch/cnn-torch-private.h"

#include <string.h>

#include "core/cnn-error.h"

#define ADVICE \
  "save model.state_dict() instead, with: " \
  "torch.save(torch.load(\"OLD.pth\", weights_only=False).state_dict(), \"NEW.pth\")"

/* How deep a state dict may lie: {"ema": {"module": {…}}}. */
#define MAX_DEPTH 3

/* At most so many candidates are compared, and names listed in a message. A dict of
 * more entries than that is no wrapper: the search is short, whatever a file holds. */
#define MAX_CANDIDATES 16
#define MAX_ENTRIES 256
#define MAX_LISTED 6

/* Where checkpoints keep the state dict. Averages come first: where somebody kept
 * one, it is what they measured and published. */
static const struct
{
  const char *key;
  gboolean is_average;
} wrappers[] = {
  { "state_dict_ema", TRUE }, { "model_ema", TRUE }, { "ema_state_dict", TRUE }, { "ema_model", TRUE },
  { "model_ema_state_dict", TRUE }, { "ema", TRUE },
  { "state_dict", FALSE }, { "model_state_dict", FALSE }, { "model_state", FALSE }, { "model", FALSE },
  { "module", FALSE }, { "network", FALSE }, { "net", FALSE }, { "weights", FALSE }, { "params", FALSE },
};

typedef struct
{
  const CnnPickleValue *dict;
  const char *key;              /* where it lies; NULL for the outermost */
  CnnPickleText unknown;        /* its key where that is none of the above */
  gboolean is_average;
  guint n_tensors;
} Candidate;

static const CnnPickleValue *
get_value (const CnnPickleValue *dict,
           guint                 i)
{
  return g_ptr_array_index (dict->items, i + 1);
}

static guint
count_tensors (const CnnPickleValue *value)
{
  guint n = 0;

  if (!cnn_pickle_is_dict (value))
    return 0;

  for (guint i = 0; i + 1 < value->items->len; i += 2)
    n += get_value (value, i)->kind == CNN_PICKLE_TENSOR;

  return n;
}

/* The first dict of tensors from value inwards, by known keys. */
static const CnnPickleValue *
find_inside (const CnnPickleValue *value,
             guint                 depth)
{
  if (count_tensors (value) > 0)
    return value;

  for (guint i = 0; i < G_N_ELEMENTS (wrappers) && depth > 1; i++)
    {
      const CnnPickleValue *inner = cnn_pickle_dict_find (value, wrappers[i].key);

      inner = inner != NULL ? find_inside (inner, depth - 1) : NULL;
      if (inner != NULL)
        return inner;
    }

  return NULL;
}

static void
add_candidate (GArray               *candidates,
               const CnnPickleValue *dict,
               const char           *key,
               const CnnPickleText  *unknown,
               gboolean              is_average)
{
  Candidate candidate = { dict, key, { NULL, 0 }, is_average, 0 };

  if (dict == NULL || candidates->len == MAX_CANDIDATES)
    return;

  if (unknown != NULL)
    candidate.unknown = *unknown;
  candidate.n_tensors = count_tensors (dict);
  g_array_append_val (candidates, candidate);
}

/* Under keys that nobody has agreed on. */
static void
add_unknown_candidates (GArray               *candidates,
                        const CnnPickleValue *root)
{
  for (guint i = 0; i + 1 < MIN (root->items->len, 2 * MAX_ENTRIES); i += 2)
    {
      const CnnPickleValue *key = g_ptr_array_index (root->items, i);

      if (key->kind == CNN_PICKLE_TEXT)
        add_candidate (candidates, find_inside (get_value (root, i), 1), NULL, &key->text, FALSE);
    }
}

static char *
describe_candidate (const Candidate *candidate)
{
  g_autofree char *unknown = candidate->unknown.start != NULL ? cnn_pickle_text_dup (&candidate->unknown) : NULL;

  return g_strdup_printf ("“%s”", unknown != NULL ? unknown : candidate->key);
}

/* All but the one that was chosen, for a person to know. */
static char *
describe_others (GArray          *candidates,
                 const Candidate *chosen)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < candidates->len; i++)
    {
      const Candidate *candidate = &g_array_index (candidates, Candidate, i);
      g_autofree char *name = candidate != chosen ? describe_candidate (candidate) : NULL;

      if (name != NULL)
        g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", name);
    }

  return g_string_free (text, FALSE);
}

/* The first: an average, unless it leaves out what the others have, such as the
 * running statistics. */
static const Candidate *
choose (GArray *candidates)
{
  const Candidate *first = &g_array_index (candidates, Candidate, 0);

  for (guint i = 1; first->is_average && i < candidates->len; i++)
    {
      const Candidate *candidate = &g_array_index (candidates, Candidate, i);

      if (!candidate->is_average && candidate->n_tensors > first->n_tensors)
        return candidate;
    }

  return first;
}

/* What the outermost dict holds, for a message. */
static char *
describe_root (const CnnPickleValue *root)
{
  GString *text = NULL;
  guint n = 0;

  if (!cnn_pickle_is_dict (root) || root->items->len == 0)
    return cnn_pickle_value_describe (root);

  text = g_string_new ("a dict of ");
  for (guint i = 0; i + 1 < root->items->len && n < MAX_LISTED; i += 2)
    {
      const CnnPickleValue *key = g_ptr_array_index (root->items, i);
      g_autofree char *name = key->kind == CNN_PICKLE_TEXT ? cnn_pickle_text_dup (&key->text) : NULL;
      g_autofree char *value = cnn_pickle_value_describe (get_value (root, i));

      if (name != NULL)
        g_string_append_printf (text, "%s“%.60s” (%s)", n++ > 0 ? ", " : "", name, value);
    }
  if (root->items->len / 2 > n)
    g_string_append_printf (text, "%s", n > 0 ? " and more" : "other things");

  return g_string_free (text, FALSE);
}

static void
set_error (const CnnPickleValue *root,
           GError              **error)
{
  g_autofree char *found = NULL;

  /* A module may lie in a dict like a state dict. */
  for (guint i = 0; i < G_N_ELEMENTS (wrappers) && cnn_pickle_is_dict (root); i++)
    {
      const CnnPickleValue *inner = cnn_pickle_dict_find (root, wrappers[i].key);

      if (inner != NULL && inner->kind == CNN_PICKLE_OBJECT)
        root = inner;
    }

  found = describe_root (root);
  if (root->kind == CNN_PICKLE_OBJECT)
    g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED, "holds %s, expected a state dict: " ADVICE, found);
  else
    g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                 "holds %s without tensors, expected a state dict: " ADVICE, found);
}

void
cnn_torch_choice_clear (CnnTorchChoice *choice)
{
  g_clear_pointer (&choice->note, g_free);
}

/* Finds the dict of tensors in what was saved. Wrappers are looked for first, since
 * some checkpoints keep their best accuracy as a tensor beside them. */
gboolean
cnn_torch_choose (const CnnPickle  *pickle,
                  CnnTorchChoice   *choice,
                  GError          **error)
{
  const CnnPickleValue *root = pickle->root;
  g_autoptr (GArray) candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));
  const Candidate *chosen;

  for (guint i = 0; i < G_N_ELEMENTS (wrappers); i++)
    {
      const CnnPickleValue *inner = cnn_pickle_dict_find (root, wrappers[i].key);

      if (inner != NULL)
        add_candidate (candidates, find_inside (inner, MAX_DEPTH - 1), wrappers[i].key, NULL,
                       wrappers[i].is_average);
    }

  if (candidates->len == 0 && count_tensors (root) > 0)
    {
      choice->dict = root;
      return TRUE;
    }

  if (candidates->len == 0 && cnn_pickle_is_dict (root))
    add_unknown_candidates (candidates, root);

  if (candidates->len == 0)
    {
      set_error (root, error);
      return FALSE;
    }

  chosen = choose (candidates);
  choice->dict = chosen->dict;
  if (candidates->len > 1)
    {
      g_autofree char *name = describe_candidate (chosen);
      g_autofree char *others = describe_others (candidates, chosen);

      choice->note = g_strdup_printf ("uses %s%s of the weights in it; %s %s left out", name,
                                      chosen->is_average ? " (averaged while training)" : "", others,
                                      candidates->len > 2 ? "are" : "is");
    }

  return TRUE;
}
