#define G_LOG_DOMAIN "cnn-folder-listing"

#include "dataset/cnn-folder-listing-private.h"

#include <string.h>

#include "core/cnn-file.h"

/* Folders below a class's folder, deeper than which nobody files pictures. */
#define MAX_DEPTH 32

static const char *const extensions[] = { "jpeg", "jpg", "png", "webp", "bmp", "gif" };

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Tells a picture by its name alone: to look into 50,000 files takes too long. */
gboolean
cnn_folder_listing_is_picture (const char *name)
{
  const char *dot = strrchr (name, '.');

  if (dot == NULL)
    return FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (extensions); i++)
    {
      if (g_ascii_strcasecmp (dot + 1, extensions[i]) == 0)
        return TRUE;
    }

  return FALSE;
}

static void
listing_add (CnnFolderListing *self,
             GFileInfo        *info)
{
  const char *name = g_file_info_get_name (info);

  if (name[0] == '.')
    return;

  switch (g_file_info_get_file_type (info))
    {
    case G_FILE_TYPE_DIRECTORY:
      g_ptr_array_add (self->folders, g_strdup (name));
      break;

    case G_FILE_TYPE_SPECIAL:       /* to read a pipe may wait for ever */
    case G_FILE_TYPE_MOUNTABLE:
      break;

    case G_FILE_TYPE_REGULAR:
    case G_FILE_TYPE_SYMBOLIC_LINK: /* leads nowhere: whoever loads it learns that */
    case G_FILE_TYPE_SHORTCUT:
    case G_FILE_TYPE_UNKNOWN:
    default:
      if (cnn_folder_listing_is_picture (name))
        g_ptr_array_add (self->pictures, g_strdup (name));
      else
        g_ptr_array_add (self->others, g_strdup (name));
    }
}

/* Lists folder, following symbolic links to see what they are. */
CnnFolderListing *
cnn_folder_listing_read (GFile         *folder,
                         GCancellable  *cancellable,
                         GError       **error)
{
  g_autoptr (CnnFolderListing) self = g_new0 (CnnFolderListing, 1);
  g_autoptr (GFileEnumerator) enumerator = NULL;
  g_autoptr (GError) local_error = NULL;
  GFileInfo *info;

  self->folder = g_object_ref (folder);
  self->pictures = g_ptr_array_new_with_free_func (g_free);
  self->folders = g_ptr_array_new_with_free_func (g_free);
  self->others = g_ptr_array_new_with_free_func (g_free);

  enumerator = g_file_enumerate_children (folder,
                                          G_FILE_ATTRIBUTE_STANDARD_NAME ","
                                          G_FILE_ATTRIBUTE_STANDARD_TYPE,
                                          G_FILE_QUERY_INFO_NONE, cancellable, &local_error);
  if (enumerator == NULL)
    {
      cnn_propagate_file_error (error, g_steal_pointer (&local_error), folder);
      return NULL;
    }

  do
    {
      if (!g_file_enumerator_iterate (enumerator, &info, NULL, cancellable, &local_error))
        {
          cnn_propagate_file_error (error, g_steal_pointer (&local_error), folder);
          return NULL;
        }
      if (info != NULL)
        listing_add (self, info);
    }
  while (info != NULL);

  g_ptr_array_sort (self->pictures, compare_names);
  g_ptr_array_sort (self->folders, compare_names);
  g_ptr_array_sort (self->others, compare_names);

  return g_steal_pointer (&self);
}

void
cnn_folder_listing_free (CnnFolderListing *self)
{
  g_clear_object (&self->folder);
  g_clear_pointer (&self->pictures, g_ptr_array_unref);
  g_clear_pointer (&self->folders, g_ptr_array_unref);
  g_clear_pointer (&self->others, g_ptr_array_unref);
  g_free (self);
}

gboolean
cnn_folder_listing_has_folder (CnnFolderListing *self,
                               const char       *name)
{
  return g_ptr_array_find_with_equal_func (self->folders, name, g_str_equal, NULL);
}

gboolean
cnn_folder_listing_has_other (CnnFolderListing *self,
                              const char       *name)
{
  return g_ptr_array_find_with_equal_func (self->others, name, g_str_equal, NULL);
}

static int
compare_paths (gconstpointer a,
               gconstpointer b)
{
  const CnnFolderListing *const *first = a;
  const CnnFolderListing *const *second = b;

  return strcmp (g_file_peek_path ((*first)->folder), g_file_peek_path ((*second)->folder));
}

/* A folder's identity, the same by whatever path it is reached. */
static char *
dup_identity (GFile        *folder,
              GCancellable *cancellable)
{
  g_autoptr (GFileInfo) info =
    g_file_query_info (folder, G_FILE_ATTRIBUTE_ID_FILE, G_FILE_QUERY_INFO_NONE, cancellable, NULL);

  if (info != NULL && g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_ID_FILE))
    return g_strdup (g_file_info_get_attribute_string (info, G_FILE_ATTRIBUTE_ID_FILE));

  return g_file_get_uri (folder);
}

/* Adds folder and what is below it. */
static gboolean
walk (GFile         *folder,
      guint          depth,
      GHashTable    *visited,
      GPtrArray     *listings,
      GCancellable  *cancellable,
      GError       **error)
{
  CnnFolderListing *listing;

  if (depth > MAX_DEPTH || !g_hash_table_add (visited, dup_identity (folder, cancellable)))
    return TRUE;

  listing = cnn_folder_listing_read (folder, cancellable, error);
  if (listing == NULL)
    return FALSE;

  g_ptr_array_add (listings, listing);
  for (guint i = 0; i < listing->folders->len; i++)
    {
      g_autoptr (GFile) child = g_file_get_child (folder, g_ptr_array_index (listing->folders, i));

      if (!walk (child, depth + 1, visited, listings, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

/* Lists folder, which has a path, and all folders below it, in the order in which
 * torchvision's ImageFolder goes through them (by path, byte by byte). A folder
 * that links reach twice, or that contains itself, is listed once.
 * Returns an array of CnnFolderListing. */
GPtrArray *
cnn_folder_listing_walk (GFile         *folder,
                         GCancellable  *cancellable,
                         GError       **error)
{
  g_autoptr (GHashTable) visited = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) listings =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cnn_folder_listing_free);

  if (!walk (folder, 0, visited, listings, cancellable, error))
    return NULL;

  g_ptr_array_sort (listings, compare_paths);

  return g_steal_pointer (&listings);
}
