#define G_LOG_DOMAIN "cnn-labels"

#include "dataset/cnn-labels.h"

#include <string.h>

#include "core/cnn-error.h"
#include "dataset/cnn-resources.h"
#include "dataset/cnn-text-file-private.h"

/* ImageNet's list has 35 kB. */
#define MAX_FILE_SIZE (16 * 1024 * 1024)

struct _CnnLabels
{
  gatomicrefcount ref_count;

  GPtrArray *names;       /* of char *, none NULL */
  GPtrArray *wnids;       /* of char *, NULL where a class has none */
  GHashTable *by_wnid;    /* wnid, owned by wnids → index */
};

G_DEFINE_BOXED_TYPE (CnnLabels, cnn_labels, cnn_labels_ref, cnn_labels_unref)

/**
 * CnnLabelsForm:
 * @FORM_SYNSET_WORDS: `n01440764 tench, Tinca tinca`, or the id alone
 * @FORM_TABLE: index, id and names, separated by tabs
 * @FORM_NAMES: a name a line
 *
 * How a list of classes is written.
 */
typedef enum
{
  FORM_SYNSET_WORDS,
  FORM_TABLE,
  FORM_NAMES,
} CnnLabelsForm;

static CnnLabels *
labels_alloc (void)
{
  CnnLabels *self = g_new0 (CnnLabels, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->wnids = g_ptr_array_new_with_free_func (g_free);
  self->by_wnid = g_hash_table_new (g_str_hash, g_str_equal);

  return self;
}

/* Returns FALSE where the id is there already. */
static gboolean
labels_add (CnnLabels  *self,
            const char *wnid,
            const char *name)
{
  guint index = self->names->len;
  char *key = g_strdup (wnid);

  g_ptr_array_add (self->names, g_strdup (name));
  g_ptr_array_add (self->wnids, key);

  return key == NULL || g_hash_table_insert (self->by_wnid, key, GUINT_TO_POINTER (index));
}

/**
 * cnn_wnid_measure:
 * @text: any text
 *
 * Tells whether @text starts with a WordNet id: an `n` and eight digits, with no
 * letter or digit after them.
 *
 * Returns: the id's length, or 0
 */
gsize
cnn_wnid_measure (const char *text)
{
  gsize length = 1;

  if (text[0] != 'n')
    return 0;

  while (g_ascii_isdigit (text[length]))
    length++;

  return length == 9 && !g_ascii_isalnum (text[length]) ? length : 0;
}

static CnnLabelsForm
guess_form (const char *line)
{
  if (cnn_wnid_measure (line) != 0)
    return FORM_SYNSET_WORDS;
  if (g_str_equal (line, "index\twnid\tnames"))
    return FORM_TABLE;

  return FORM_NAMES;
}

static gboolean
add_synset_words (CnnLabels  *self,
                  char       *line,
                  GError    **error)
{
  gsize length = cnn_wnid_measure (line);
  char *name;

  if (length == 0)
    {
      g_autofree char *excerpt = cnn_text_excerpt (line);

      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "found “%s”, expected a WordNet id such as n01440764 and names", excerpt);
      return FALSE;
    }

  name = g_strstrip (line + length + (line[length] != '\0'));
  line[length] = '\0';

  if (!labels_add (self, line, *name != '\0' ? name : line))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "%s is there already", line);
      return FALSE;
    }

  return TRUE;
}

static gboolean
add_table_row (CnnLabels  *self,
               const char *line,
               GError    **error)
{
  g_auto (GStrv) fields = g_strsplit (line, "\t", 4);
  guint64 index;

  if (g_strv_length (fields) != 3 ||
      !g_ascii_string_to_unsigned (fields[0], 10, 0, G_MAXINT, &index, NULL) ||
      cnn_wnid_measure (fields[1]) != strlen (fields[1]) || *fields[2] == '\0')
    {
      g_autofree char *excerpt = cnn_text_excerpt (line);

      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "found “%s”, expected index, WordNet id and names with tabs between", excerpt);
      return FALSE;
    }
  if (index != self->names->len)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "found index %s, expected %u",
                   fields[0], self->names->len);
      return FALSE;
    }
  if (!labels_add (self, fields[1], fields[2]))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "%s is there already", fields[1]);
      return FALSE;
    }

  return TRUE;
}

static gboolean
add_line (CnnLabels      *self,
          CnnLabelsForm   form,
          char           *line,
          GError        **error)
{
  if (!g_utf8_validate (line, -1, NULL))
    {
      g_set_error_literal (error, CNN_ERROR, CNN_ERROR_DAMAGED, "is not UTF-8 text");
      return FALSE;
    }

  switch (form)
    {
    case FORM_SYNSET_WORDS:
      return add_synset_words (self, line, error);

    case FORM_TABLE:
      return add_table_row (self, line, error);

    case FORM_NAMES:
    default:
      return labels_add (self, NULL, line);
    }
}

/* Splits text, which it writes to, into lines; what is behind the last one's end
 * may be empty, other lines may not. */
static CnnLabels *
labels_parse (char    *text,
              GError **error)
{
  g_autoptr (CnnLabels) self = labels_alloc ();
  CnnLabelsForm form = FORM_NAMES;
  guint number = 1;
  char *rest = text;

  g_strchomp (text);
  if (g_str_has_prefix (rest, "\xef\xbb\xbf"))
    rest += 3;

  if (*rest == '\0')
    {
      g_set_error_literal (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                           "is empty, expected a class a line");
      return NULL;
    }

  for (; rest != NULL; number++)
    {
      char *line = g_strstrip (strsep (&rest, "\n"));
      gboolean added;

      if (number == 1)
        {
          form = guess_form (line);
          if (form == FORM_TABLE)
            continue;
        }

      if (*line != '\0')
        added = add_line (self, form, line, error);
      else
        {
          g_set_error_literal (error, CNN_ERROR, CNN_ERROR_DAMAGED, "is empty, expected a class");
          added = FALSE;
        }
      if (!added)
        {
          g_prefix_error (error, "line %u: ", number);
          return NULL;
        }
    }

  return g_steal_pointer (&self);
}

/**
 * cnn_labels_get_imagenet:
 *
 * Gets the 1000 classes of ILSVRC2012 in the order of their WordNet ids, which
 * is the order of the logits of every common network, with their names from
 * WordNet 3.0.
 *
 * Returns: (transfer none): the classes
 */
CnnLabels *
cnn_labels_get_imagenet (void)
{
  static CnnLabels *imagenet;

  if (g_once_init_enter (&imagenet))
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes =
        g_resource_lookup_data (cnn_get_resource (), "/io/github/fovea_app/cnn/imagenet-classes.tsv",
                                G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
      g_autofree char *text = NULL;
      CnnLabels *labels;

      /* It is compiled in: only a mistake in the build can end here. */
      if (bytes == NULL)
        g_error ("%s", error->message);

      text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      labels = labels_parse (text, &error);
      if (labels == NULL)
        g_error ("imagenet-classes.tsv, %s", error->message);

      g_once_init_leave (&imagenet, labels);
    }

  return imagenet;
}

/**
 * cnn_labels_new_for_names:
 * @names: (array length=n_names): names in UTF-8, in the order of the indices
 * @n_names: how many
 *
 * Makes classes that are not WordNet's. A name that is a WordNet id counts as
 * one, too.
 *
 * Returns: (transfer full): the classes
 */
CnnLabels *
cnn_labels_new_for_names (const char *const *names,
                          guint              n_names)
{
  CnnLabels *self = labels_alloc ();

  for (guint i = 0; i < n_names; i++)
    {
      gboolean is_wnid = cnn_wnid_measure (names[i]) == strlen (names[i]);

      labels_add (self, is_wnid ? names[i] : NULL, names[i]);
    }

  return self;
}

/**
 * cnn_labels_load:
 * @file: a list of classes, a class a line in the order of their indices
 * @cancellable: (nullable): to stop it
 * @error: (out) (optional): %CNN_ERROR_DAMAGED with the line where the list is not of one form
 *   from end to end; %G_IO_ERROR where it cannot be read
 *
 * Reads a list in one of three forms, told apart by the first line: that of
 * `synset_words.txt` (`n01440764 tench, Tinca tinca`), a table with the heading
 * `index`, `wnid`, `names` and tabs between, or names alone.
 *
 * Returns: (transfer full) (nullable): the classes
 */
CnnLabels *
cnn_labels_load (GFile         *file,
                 GCancellable  *cancellable,
                 GError       **error)
{
  g_autofree char *text = NULL;
  CnnLabels *self;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  text = cnn_text_file_read (file, MAX_FILE_SIZE, cancellable, error);
  if (text == NULL)
    return NULL;

  self = labels_parse (text, error);
  if (self == NULL)
    {
      g_autofree char *name = g_file_get_parse_name (file);

      g_prefix_error (error, "%s: ", name);
    }

  return self;
}

CnnLabels *
cnn_labels_ref (CnnLabels *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
cnn_labels_unref (CnnLabels *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_hash_table_unref (self->by_wnid);
  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->wnids);
  g_free (self);
}

guint
cnn_labels_get_size (CnnLabels *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->names->len;
}

/**
 * cnn_labels_get_wnid:
 * @self: classes
 * @index: which, below cnn_labels_get_size()
 *
 * Returns: (nullable): its WordNet id, such as `n01440764`
 */
const char *
cnn_labels_get_wnid (CnnLabels *self,
                     guint      index)
{
  g_return_val_if_fail (self != NULL && index < self->wnids->len, NULL);

  return g_ptr_array_index (self->wnids, index);
}

/**
 * cnn_labels_get_name:
 * @self: classes
 * @index: which, below cnn_labels_get_size()
 *
 * Returns: all its names, such as `tench, Tinca tinca`
 */
const char *
cnn_labels_get_name (CnnLabels *self,
                     guint      index)
{
  g_return_val_if_fail (self != NULL && index < self->names->len, NULL);

  return g_ptr_array_index (self->names, index);
}

/**
 * cnn_labels_dup_short_name:
 * @self: classes
 * @index: which, below cnn_labels_get_size()
 *
 * Returns: (transfer full): the first of its names, such as `tench`
 */
char *
cnn_labels_dup_short_name (CnnLabels *self,
                           guint      index)
{
  const char *name = cnn_labels_get_name (self, index);

  g_return_val_if_fail (name != NULL, NULL);

  return g_strndup (name, strcspn (name, ","));
}

/**
 * cnn_labels_find_wnid:
 * @self: classes
 * @wnid: a WordNet id
 *
 * Returns: the index of the class, or -1
 */
int
cnn_labels_find_wnid (CnnLabels  *self,
                      const char *wnid)
{
  gpointer index;

  g_return_val_if_fail (self != NULL && wnid != NULL, -1);

  if (!g_hash_table_lookup_extended (self->by_wnid, wnid, NULL, &index))
    return -1;

  return GPOINTER_TO_INT (index);
}
