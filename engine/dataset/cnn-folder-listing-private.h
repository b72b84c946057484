#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a folder holds, by raw file names in byte order; hidden entries left out. */
typedef struct
{
  GFile *folder;
  GPtrArray *pictures;    /* of char *: by their extensions */
  GPtrArray *folders;     /* of char * */
  GPtrArray *others;      /* of char * */
} CnnFolderListing;

gboolean          cnn_folder_listing_is_picture (const char        *name);
CnnFolderListing *cnn_folder_listing_read       (GFile             *folder,
                                                 GCancellable      *cancellable,
                                                 GError           **error);
void              cnn_folder_listing_free       (CnnFolderListing  *self);
gboolean          cnn_folder_listing_has_folder (CnnFolderListing  *self,
                                                 const char        *name);
gboolean          cnn_folder_listing_has_other  (CnnFolderListing  *self,
                                                 const char        *name);
GPtrArray        *cnn_folder_listing_walk       (GFile             *folder,
                                                 GCancellable      *cancellable,
                                                 GError           **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CnnFolderListing, cnn_folder_listing_free)

G_END_DECLS
