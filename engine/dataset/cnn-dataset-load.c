#define G_LOG_DOMAIN "cnn-dataset-load"

#include "dataset/cnn-dataset-private.h"

#include <string.h>

#include "core/cnn-error.h"
#include "dataset/cnn-annotation-private.h"
#include "dataset/cnn-folder-listing-private.h"
#include "dataset/cnn-label-list-private.h"
#include "dataset/cnn-text-file-private.h"

/* A folder's layout is recognised from the top down:
 *
 *   imagespart/ is there            its pictures; XML in val/ or a list labels them
 *   some sub-folder is a WordNet id one folder a class, ImageNet's indices
 *   there are pictures              a list beside them or one folder up; WordNet ids in
 *                                   their names; or no labels
 *   val/ is there                   the same, one folder down
 *   there are sub-folders           one folder a class, in the order of their names
 */

typedef struct
{
  GCancellable *cancellable;    /* borrowed */

  /* Owned: what becomes of the folder. */
  CnnDatasetLayout layout;
  CnnLabels *labels;
  char *labels_name;            /* for messages */
  GPtrArray *samples;
  char *problem;
} Loader;

static void
loader_clear (Loader *self)
{
  g_clear_pointer (&self->labels, cnn_labels_unref);
  g_clear_pointer (&self->labels_name, g_free);
  g_clear_pointer (&self->samples, g_ptr_array_unref);
  g_clear_pointer (&self->problem, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Loader, loader_clear)

static void
loader_add (Loader     *self,
            GFile      *folder,
            const char *name,
            int         label,
            const char *problem)
{
  g_autofree char *path = g_build_filename (g_file_peek_path (folder), name, NULL);
  g_autofree char *display = g_filename_display_name (name);

  g_ptr_array_add (self->samples, cnn_sample_new (path, display, label, problem));
}

/* Takes the class list from listing, where it has one. */
static gboolean
loader_read_labels (Loader            *self,
                    CnnFolderListing  *listing,
                    GError           **error)
{
  static const char *const names[] = { "synset_words.txt", "LOC_synset_mapping.txt" };

  for (gsize i = 0; i < G_N_ELEMENTS (names) && self->labels_name == NULL; i++)
    {
      g_autoptr (GFile) file = NULL;
      CnnLabels *labels;

      if (!cnn_folder_listing_has_other (listing, names[i]))
        continue;

      file = g_file_get_child (listing->folder, names[i]);
      labels = cnn_labels_load (file, self->cancellable, error);
      if (labels == NULL)
        return FALSE;

      g_clear_pointer (&self->labels, cnn_labels_unref);
      self->labels = labels;
      self->labels_name = g_strdup (names[i]);
    }

  return TRUE;
}

/* Finds the class of a WordNet id; the problem is for the caller to free. */
static int
loader_find_wnid (Loader      *self,
                  const char  *wnid,
                  char       **problem)
{
  int label = cnn_labels_find_wnid (self->labels, wnid);

  *problem = NULL;
  if (label == CNN_NO_LABEL)
    {
      g_autofree char *excerpt = cnn_text_excerpt (wnid);

      *problem = g_strdup_printf ("class %s is not among the %u classes of %s", excerpt,
                                  cnn_labels_get_size (self->labels),
                                  self->labels_name != NULL ? self->labels_name : "ImageNet");
    }

  return label;
}

/* The homework's layout: an XML file for each picture. They are read at once, by
 * as many threads as there are cores: 50,000 take a fraction of a second. */

typedef struct
{
  Loader *loader;
  CnnFolderListing *listing;
  GFile *annotations;
  int *labels;                  /* results, one a picture */
  char **problems;
  int next;                     /* atomic: the first picture that nobody has taken */
} AnnotationJob;

static void
read_annotation (AnnotationJob *job,
                 guint          index)
{
  const char *picture = g_ptr_array_index (job->listing->pictures, index);
  g_autofree char *stem = g_strndup (picture, strrchr (picture, '.') - picture);
  g_autofree char *name = g_strconcat (stem, ".xml", NULL);
  g_autoptr (GFile) file = g_file_get_child (job->annotations, name);
  g_autoptr (GError) error = NULL;
  g_autofree char *wnid = cnn_annotation_load_class (file, job->loader->cancellable, &error);

  job->labels[index] = CNN_NO_LABEL;
  if (wnid == NULL)
    job->problems[index] = g_strdup (error->message);
  else
    job->labels[index] = loader_find_wnid (job->loader, wnid, &job->problems[index]);

  if (wnid != NULL && job->problems[index] != NULL)
    {
      g_autofree char *problem = job->problems[index];

      job->problems[index] = g_strdup_printf ("%s: %s", g_file_peek_path (file), problem);
    }
}

static gpointer
annotation_thread (gpointer data)
{
  AnnotationJob *job = data;
  guint index;

  while ((index = g_atomic_int_add (&job->next, 1)) < job->listing->pictures->len &&
         !g_cancellable_is_cancelled (job->loader->cancellable))
    read_annotation (job, index);

  return NULL;
}

static void
load_annotated (Loader           *self,
                CnnFolderListing *listing,
                GFile            *annotations)
{
  guint n_pictures = listing->pictures->len;
  guint n_threads = CLAMP (n_pictures / 64, 1, g_get_num_processors ());
  g_autofree int *labels = g_new0 (int, n_pictures);
  g_auto (GStrv) problems = g_new0 (char *, n_pictures + 1);
  g_autofree GThread **threads = g_new0 (GThread *, n_threads);
  AnnotationJob job = { self, listing, annotations, labels, problems, 0 };

  for (guint i = 1; i < n_threads; i++)
    threads[i] = g_thread_new ("annotations", annotation_thread, &job);
  annotation_thread (&job);
  for (guint i = 1; i < n_threads; i++)
    g_thread_join (threads[i]);

  self->layout = CNN_LAYOUT_HOMEWORK;
  for (guint i = 0; i < n_pictures; i++)
    {
      loader_add (self, listing->folder, g_ptr_array_index (listing->pictures, i), labels[i],
                  problems[i]);
      g_clear_pointer (&problems[i], g_free);
    }
}

/* One folder a class. */

static gboolean
any_wnid (GPtrArray *names)
{
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);

      if (cnn_wnid_measure (name) == strlen (name))
        return TRUE;
    }

  return FALSE;
}

static gboolean
load_class_folder (Loader      *self,
                   GFile       *parent,
                   const char  *class,
                   int          label,
                   const char  *problem,
                   GError     **error)
{
  g_autoptr (GFile) folder = g_file_get_child (parent, class);
  g_autoptr (GPtrArray) listings = cnn_folder_listing_walk (folder, self->cancellable, error);

  if (listings == NULL)
    return FALSE;

  for (guint i = 0; i < listings->len; i++)
    {
      CnnFolderListing *listing = g_ptr_array_index (listings, i);
      g_autofree char *below = g_file_get_relative_path (parent, listing->folder);

      for (guint j = 0; j < listing->pictures->len; j++)
        {
          g_autofree char *name =
            g_build_filename (below, g_ptr_array_index (listing->pictures, j), NULL);

          loader_add (self, parent, name, label, problem);
        }
    }

  return TRUE;
}

static gboolean
load_class_folders (Loader            *self,
                    CnnFolderListing  *listing,
                    GError           **error)
{
  gboolean by_wnid = any_wnid (listing->folders);

  self->layout = CNN_LAYOUT_CLASS_FOLDERS;
  if (!by_wnid)
    {
      g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

      for (guint i = 0; i < listing->folders->len; i++)
        g_ptr_array_add (names, g_filename_display_name (g_ptr_array_index (listing->folders, i)));

      g_clear_pointer (&self->labels, cnn_labels_unref);
      self->labels = cnn_labels_new_for_names ((const char *const *) names->pdata, names->len);
    }

  for (guint i = 0; i < listing->folders->len; i++)
    {
      const char *class = g_ptr_array_index (listing->folders, i);
      g_autofree char *problem = NULL;
      int label = by_wnid ? loader_find_wnid (self, class, &problem) : (int) i;

      if (!load_class_folder (self, listing->folder, class, label, problem, error))
        return FALSE;
    }

  return TRUE;
}

/* Pictures in one folder. */

static void
load_plain (Loader           *self,
            CnnFolderListing *listing)
{
  self->layout = CNN_LAYOUT_PLAIN;
  for (guint i = 0; i < listing->pictures->len; i++)
    loader_add (self, listing->folder, g_ptr_array_index (listing->pictures, i), CNN_NO_LABEL,
                NULL);
}

static void
load_wnid_files (Loader           *self,
                 CnnFolderListing *listing)
{
  self->layout = CNN_LAYOUT_WNID_FILES;
  for (guint i = 0; i < listing->pictures->len; i++)
    {
      const char *name = g_ptr_array_index (listing->pictures, i);
      g_autofree char *wnid = g_strndup (name, cnn_wnid_measure (name));
      g_autofree char *problem = NULL;
      int label = CNN_NO_LABEL;

      if (*wnid != '\0')
        label = loader_find_wnid (self, wnid, &problem);
      else
        problem = g_strdup ("has no class in its name, expected one such as n01440764_….JPEG");

      loader_add (self, listing->folder, name, label, problem);
    }
}

/* Returns FALSE where where has no list about the pictures of listing; the reason, if
 * there is one to tell, is then the data set's problem. */
static gboolean
load_listed (Loader           *self,
             CnnFolderListing *listing,
             CnnFolderListing *where)
{
  g_autofree char *name = cnn_label_list_find_file (where);
  g_autoptr (CnnLabelList) list = NULL;
  g_autoptr (GError) error = NULL;

  if (name == NULL)
    return FALSE;

  list = cnn_label_list_load (where, name, self->labels, self->cancellable, &error);
  if (list == NULL || !cnn_label_list_attach (list, listing->pictures, &error))
    {
      g_clear_pointer (&self->problem, g_free);
      self->problem = g_strdup (error->message);
      return FALSE;
    }

  self->layout = CNN_LAYOUT_LABEL_LIST;
  for (guint i = 0; i < listing->pictures->len; i++)
    {
      const char *picture = g_ptr_array_index (listing->pictures, i);
      g_autofree char *problem = NULL;
      int label = cnn_label_list_look_up (list, picture, i, &problem);

      loader_add (self, listing->folder, picture, label, problem);
    }

  return TRUE;
}

static gboolean
any_wnid_file (GPtrArray *pictures)
{
  for (guint i = 0; i < pictures->len; i++)
    {
      if (cnn_wnid_measure (g_ptr_array_index (pictures, i)) != 0)
        return TRUE;
    }

  return FALSE;
}

/* Loads the pictures of listing; above is the folder that it lies in, or NULL. */
static gboolean
load_pictures (Loader            *self,
               CnnFolderListing  *listing,
               CnnFolderListing  *above,
               GError           **error)
{
  if (!loader_read_labels (self, listing, error) ||
      (above != NULL && !loader_read_labels (self, above, error)))
    return FALSE;

  if (load_listed (self, listing, listing) || (above != NULL && load_listed (self, listing, above)))
    g_clear_pointer (&self->problem, g_free);
  else if (any_wnid_file (listing->pictures))
    {
      g_clear_pointer (&self->problem, g_free);
      load_wnid_files (self, listing);
    }
  else
    load_plain (self, listing);

  return TRUE;
}

/* imagespart/ beside val/. */
static gboolean
load_homework (Loader            *self,
               CnnFolderListing  *root,
               GError           **error)
{
  g_autoptr (GFile) pictures = g_file_get_child (root->folder, "imagespart");
  g_autoptr (GFile) annotations = g_file_get_child (root->folder, "val");
  g_autoptr (CnnFolderListing) listing =
    cnn_folder_listing_read (pictures, self->cancellable, error);

  if (listing == NULL)
    return FALSE;
  if (!cnn_folder_listing_has_folder (root, "val"))
    return load_pictures (self, listing, root, error);
  if (!loader_read_labels (self, root, error))
    return FALSE;

  load_annotated (self, listing, annotations);

  return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

static CnnFolderListing *
read_parent (Loader           *self,
             CnnFolderListing *listing)
{
  g_autoptr (GFile) parent = g_file_get_parent (listing->folder);

  /* A parent that may not be looked at is as good as none. */
  return parent != NULL ? cnn_folder_listing_read (parent, self->cancellable, NULL) : NULL;
}

static gboolean
load_folder (Loader            *self,
             CnnFolderListing  *listing,
             CnnFolderListing  *above,
             gboolean           is_val,
             GError           **error)
{
  g_autofree char *base = g_file_get_basename (listing->folder);

  if (cnn_folder_listing_has_folder (listing, "imagespart"))
    return load_homework (self, listing, error);

  if (g_str_equal (base, "imagespart") && above != NULL &&
      cnn_folder_listing_has_folder (above, "val"))
    return load_homework (self, above, error);

  if (any_wnid (listing->folders))
    {
      return loader_read_labels (self, listing, error) &&
             (above == NULL || loader_read_labels (self, above, error)) &&
             load_class_folders (self, listing, error);
    }

  if (listing->pictures->len > 0)
    return load_pictures (self, listing, above, error);

  if (!is_val && cnn_folder_listing_has_folder (listing, "val"))
    {
      g_autoptr (GFile) folder = g_file_get_child (listing->folder, "val");
      g_autoptr (CnnFolderListing) val = cnn_folder_listing_read (folder, self->cancellable, error);

      return val != NULL && load_folder (self, val, listing, TRUE, error);
    }

  return load_class_folders (self, listing, error);
}

/**
 * cnn_dataset_load:
 * @folder: a folder with pictures
 * @cancellable: (nullable): to stop it
 * @error: (out) (optional): %CNN_ERROR_EMPTY where there are no pictures, %CNN_ERROR_DAMAGED
 *   where the folder's class list is not one, %G_IO_ERROR where a folder cannot be read
 *
 * Lists the pictures of @folder and finds out what they show; which layouts are recognised is
 * told in `docs/datasets.md`. Pictures are told by their names, and opened only when somebody
 * looks at them.
 *
 * It takes a fraction of a second for 50,000 pictures, of which their annotations in XML take
 * most; call it in a thread where a window waits, or call [func@Dataset.load_async].
 *
 * Returns: (transfer full) (nullable): the data set
 */
CnnDataset *
cnn_dataset_load (GFile         *folder,
                  GCancellable  *cancellable,
                  GError       **error)
{
  g_auto (Loader) loader = { cancellable };
  g_autoptr (CnnFolderListing) listing = NULL;
  g_autoptr (CnnFolderListing) above = NULL;
  g_autofree char *name = NULL;

  g_return_val_if_fail (G_IS_FILE (folder), NULL);

  name = g_file_get_parse_name (folder);
  if (g_file_peek_path (folder) == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   "%s: is not a folder of this computer", name);
      return NULL;
    }

  listing = cnn_folder_listing_read (folder, cancellable, error);
  if (listing == NULL)
    return NULL;

  above = read_parent (&loader, listing);
  loader.labels = cnn_labels_ref (cnn_labels_get_imagenet ());
  loader.samples = g_ptr_array_new_with_free_func (g_object_unref);
  if (!load_folder (&loader, listing, above, FALSE, error))
    return NULL;

  if (loader.samples->len == 0)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_EMPTY,
                   "%s: has no pictures (JPEG, PNG, WebP, BMP or GIF files)", name);
      return NULL;
    }

  return cnn_dataset_new (folder, loader.layout, loader.labels, loader.samples, loader.problem);
}
