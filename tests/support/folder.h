#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A temporary folder, which goes with all that lies in it when it is freed. */
typedef struct _Folder Folder;

Folder     *folder_new      (void);
void        folder_free     (Folder     *self);
const char *folder_get_path (Folder     *self);
char       *folder_build    (Folder     *self,
                             const char *name);
void        folder_write    (Folder     *self,
                             const char *name,
                             const void *data,
                             gssize      size);
void        folder_copy     (Folder     *self,
                             const char *name,
                             const char *source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Folder, folder_free)

G_END_DECLS
