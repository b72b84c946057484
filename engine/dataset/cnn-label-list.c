#define G_LOG_DOMAIN "cnn-label-list"

#include "dataset/cnn-label-list-private.h"

#include <string.h>

#include "core/cnn-error.h"
#include "dataset/cnn-sample.h"
#include "dataset/cnn-text-file-private.h"

/* The list of the training set's 1.3 million pictures has 45 MB. */
#define MAX_FILE_SIZE (256 * 1024 * 1024)

/* There are two kinds:
 *
 *   val.txt                     "ILSVRC2012_val_00000001.JPEG 65": a picture's
 *                               name and its class, counted from 0 in the order
 *                               of the class list, or as a WordNet id
 *   *ground_truth*.txt,         a class a line, for the pictures in the order of
 *   *synset_labels*.txt         their names: as a WordNet id, or as an ILSVRC id
 *
 * ILSVRC ids count from 1 in an order of ILSVRC's own (1 is the kit fox, 2 the
 * English setter). The development kit says which is which in a MATLAB file;
 * map_clsloc.txt says it in text, "n02119789 1 kit_fox". Without it, such a list
 * says nothing about the classes, and to take it for indices gives wrong ones.
 */

typedef struct
{
  int label;
  guint line;
  char *found;          /* what the list says, where that is not a known class */
} Entry;

struct _CnnLabelList
{
  char *name;           /* of the file, for messages */
  guint n_classes;

  GArray *entries;      /* of Entry, in the order of the lines */
  GHashTable *by_name;  /* picture → index of its entry + 1; NULL where lines have no names */

  gboolean numbered;    /* a picture's name ends in the number of its line */
};

static void
entry_clear (gpointer data)
{
  g_free (((Entry *) data)->found);
}

static gboolean
is_named_list (const char *name)
{
  return g_str_equal (name, "val.txt");
}

static gboolean
is_ordered_list (const char *name)
{
  return g_str_has_suffix (name, ".txt") &&
         (strstr (name, "ground_truth") != NULL || strstr (name, "synset_labels") != NULL);
}

/* Finds the file in listing that seems to say what the pictures show.
 * Returns its name, or NULL. */
char *
cnn_label_list_find_file (CnnFolderListing *listing)
{
  if (cnn_folder_listing_has_other (listing, "val.txt"))
    return g_strdup ("val.txt");

  for (guint i = 0; i < listing->others->len; i++)
    {
      const char *name = g_ptr_array_index (listing->others, i);

      if (is_ordered_list (name))
        return g_strdup (name);
    }

  return NULL;
}

static char *
read_lines (GFile         *folder,
            const char    *name,
            GCancellable  *cancellable,
            GError       **error)
{
  g_autoptr (GFile) file = g_file_get_child (folder, name);
  char *text = cnn_text_file_read (file, MAX_FILE_SIZE, cancellable, error);

  if (text != NULL)
    g_strchomp (text);

  return text;
}

static gboolean
parse_number (const char *text,
              guint      *number)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT, &value, NULL))
    return FALSE;

  *number = value;

  return TRUE;
}

/* Reads lines such as "n02119789 1 kit_fox".
 * Returns a table of wnids by ILSVRC id; NULL without an error where there is
 * no such file. */
static GHashTable *
load_id_map (CnnFolderListing  *listing,
             GCancellable      *cancellable,
             GError           **error)
{
  const char *name = "map_clsloc.txt";
  g_autoptr (GHashTable) map = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_autofree char *text = NULL;
  char *rest;

  if (!cnn_folder_listing_has_other (listing, name))
    return NULL;

  rest = text = read_lines (listing->folder, name, cancellable, error);
  for (guint number = 1; rest != NULL; number++)
    {
      char *line = g_strstrip (strsep (&rest, "\n"));
      g_auto (GStrv) fields = g_strsplit_set (line, " \t", 3);
      guint id;

      if (g_strv_length (fields) < 2 || cnn_wnid_measure (fields[0]) != strlen (fields[0]) ||
          !parse_number (fields[1], &id))
        {
          g_autofree char *excerpt = cnn_text_excerpt (line);

          g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                       "%s, line %u: found “%s”, expected a WordNet id, a number and a name",
                       name, number, excerpt);
          return NULL;
        }

      g_hash_table_insert (map, GUINT_TO_POINTER (id), g_strdup (fields[0]));
    }

  return text != NULL ? g_steal_pointer (&map) : NULL;
}

/* Appends an entry for a class that is written as an index (or, with ids, as an
 * ILSVRC id) or as a WordNet id.
 * Returns FALSE where it is neither. */
static gboolean
add_entry (CnnLabelList *self,
           CnnLabels    *labels,
           GHashTable   *ids,
           const char   *class,
           guint         line)
{
  Entry entry = { CNN_NO_LABEL, line, NULL };
  guint number;

  if (cnn_wnid_measure (class) == strlen (class) && *class != '\0')
    entry.label = cnn_labels_find_wnid (labels, class);
  else if (!parse_number (class, &number))
    return FALSE;
  else if (ids != NULL)
    {
      const char *wnid = g_hash_table_lookup (ids, GUINT_TO_POINTER (number));

      if (wnid != NULL)
        entry.label = cnn_labels_find_wnid (labels, wnid);
    }
  else if (number < self->n_classes)
    entry.label = number;

  if (entry.label == CNN_NO_LABEL)
    entry.found = g_strdup (class);
  g_array_append_val (self->entries, entry);

  return TRUE;
}

static gboolean
parse_named (CnnLabelList  *self,
             CnnLabels     *labels,
             char          *text,
             GError       **error)
{
  char *rest = text;

  for (guint number = 1; rest != NULL; number++)
    {
      char *line = g_strstrip (strsep (&rest, "\n"));
      char *class = line + strlen (line);
      const char *picture;

      if (*line == '\0')
        continue;

      while (class > line && !g_ascii_isspace (class[-1]))
        class--;
      if (class == line || !add_entry (self, labels, NULL, class, number))
        {
          g_autofree char *excerpt = cnn_text_excerpt (line);

          g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                       "%s, line %u: found “%s”, expected a picture's name and the index of "
                       "its class", self->name, number, excerpt);
          return FALSE;
        }

      class[-1] = '\0';
      g_strchomp (line);
      picture = strrchr (line, '/') != NULL ? strrchr (line, '/') + 1 : line;
      g_hash_table_insert (self->by_name, g_strdup (picture),
                           GUINT_TO_POINTER (self->entries->len));
    }

  return TRUE;
}

static gboolean
parse_ordered (CnnLabelList  *self,
               CnnLabels     *labels,
               GHashTable    *ids,
               char          *text,
               GError       **error)
{
  char *rest = text;

  for (guint number = 1; rest != NULL; number++)
    {
      char *line = g_strstrip (strsep (&rest, "\n"));

      if (ids == NULL && cnn_wnid_measure (line) == 0)
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                       "%s: counts the classes from 1 in ILSVRC's own order, which is not that of "
                       "the class list: put map_clsloc.txt (“n02119789 1 kit_fox” and so on) "
                       "beside it", self->name);
          return FALSE;
        }
      if (!add_entry (self, labels, ids, line, number))
        {
          g_autofree char *excerpt = cnn_text_excerpt (line);

          g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                       "%s, line %u: found “%s”, expected the number or WordNet id of a class",
                       self->name, number, excerpt);
          return FALSE;
        }
    }

  return TRUE;
}

/*< private >
 * cnn_label_list_load:
 * @listing: the folder of the list
 * @name: the list's file name, from cnn_label_list_find_file()
 * @labels: the classes that it speaks of
 * @cancellable: (nullable): to stop it
 * @error: (out) (optional): %CNN_ERROR_DAMAGED with the line where the list is not in its form;
 *   %CNN_ERROR_UNSUPPORTED where it uses ILSVRC ids and nothing says what they mean
 *
 * Returns: (transfer full) (nullable): the list
 */
CnnLabelList *
cnn_label_list_load (CnnFolderListing  *listing,
                     const char        *name,
                     CnnLabels         *labels,
                     GCancellable      *cancellable,
                     GError           **error)
{
  g_autoptr (CnnLabelList) self = g_new0 (CnnLabelList, 1);
  g_autoptr (GHashTable) ids = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *text = NULL;
  gboolean parsed;

  self->name = g_strdup (name);
  self->n_classes = cnn_labels_get_size (labels);
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (self->entries, entry_clear);

  text = read_lines (listing->folder, name, cancellable, error);
  if (text == NULL)
    return NULL;

  if (is_named_list (name))
    {
      self->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      parsed = parse_named (self, labels, text, error);
    }
  else
    {
      ids = load_id_map (listing, cancellable, &local_error);
      if (local_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      parsed = parse_ordered (self, labels, ids, text, error);
    }

  return parsed ? g_steal_pointer (&self) : NULL;
}

void
cnn_label_list_free (CnnLabelList *self)
{
  g_clear_pointer (&self->by_name, g_hash_table_unref);
  g_clear_pointer (&self->entries, g_array_unref);
  g_free (self->name);
  g_free (self);
}

/* The number at the end of names such as ILSVRC2012_val_00000293.JPEG, or 0. */
static guint
parse_picture_number (const char *picture)
{
  const char *dot = strrchr (picture, '.');
  const char *digits;
  g_autofree char *text = NULL;
  guint number;

  if (!g_str_has_prefix (picture, "ILSVRC") || dot == NULL || dot - picture < 9 || dot[-9] != '_')
    return 0;

  digits = dot - 8;
  text = g_strndup (digits, 8);

  return parse_number (text, &number) ? number : 0;
}

/*< private >
 * cnn_label_list_attach:
 * @self: a list
 * @pictures: (element-type filename): the pictures of a folder, in the order of their names
 * @error: (out) (optional): %CNN_ERROR_UNSUPPORTED where the list is not about these pictures
 *
 * Settles which line belongs to which picture. A list that gives no names goes by
 * the number in the pictures' names, so that a part of the validation set can be
 * used with the whole list; where they have none, there must be a line for each.
 *
 * Returns: whether @self can be asked about @pictures
 */
gboolean
cnn_label_list_attach (CnnLabelList  *self,
                       GPtrArray     *pictures,
                       GError       **error)
{
  guint n_found = 0;

  for (guint i = 0; i < pictures->len; i++)
    {
      const char *picture = g_ptr_array_index (pictures, i);

      if (self->by_name != NULL)
        n_found += g_hash_table_contains (self->by_name, picture);
      else
        n_found += parse_picture_number (picture) > 0;
    }

  self->numbered = self->by_name == NULL && n_found == pictures->len;

  if (self->by_name != NULL && n_found == 0)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "%s: names none of the %u pictures", self->name, pictures->len);
      return FALSE;
    }
  if (self->by_name == NULL && !self->numbered && self->entries->len != pictures->len)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "%s: has %u lines for %u pictures, expected as many",
                   self->name, self->entries->len, pictures->len);
      return FALSE;
    }

  return TRUE;
}

/*< private >
 * cnn_label_list_look_up:
 * @self: a list that is attached to pictures
 * @picture: the file name of one of them
 * @position: its position among them, from 0
 * @problem: (out) (transfer full): why there is no label, or %NULL
 *
 * Returns: the picture's label, or %CNN_NO_LABEL
 */
int
cnn_label_list_look_up (CnnLabelList  *self,
                        const char    *picture,
                        guint          position,
                        char         **problem)
{
  const Entry *entry;
  guint number;         /* of the entry, from 1 */

  if (self->by_name != NULL)
    number = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_name, picture));
  else
    number = self->numbered ? parse_picture_number (picture) : position + 1;

  *problem = NULL;
  if (number == 0)
    {
      *problem = g_strdup_printf ("is not in %s", self->name);
      return CNN_NO_LABEL;
    }
  if (number > self->entries->len)
    {
      *problem = g_strdup_printf ("would be line %u of %s, which has %u", number, self->name,
                                  self->entries->len);
      return CNN_NO_LABEL;
    }

  entry = &g_array_index (self->entries, Entry, number - 1);
  if (entry->found != NULL)
    *problem = g_strdup_printf ("%s, line %u: class %s is not among the %u classes of the list%s",
                                self->name, entry->line, entry->found, self->n_classes,
                                self->by_name != NULL ? ", counted from 0" : "");

  return entry->label;
}
