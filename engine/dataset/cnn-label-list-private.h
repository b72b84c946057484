#pragma once

#include "dataset/cnn-folder-listing-private.h"
#include "dataset/cnn-labels.h"

G_BEGIN_DECLS

/* A list that says which class each picture of a folder shows. */
typedef struct _CnnLabelList CnnLabelList;

char         *cnn_label_list_find_file (CnnFolderListing  *listing);
CnnLabelList *cnn_label_list_load      (CnnFolderListing  *listing,
                                        const char        *name,
                                        CnnLabels         *labels,
                                        GCancellable      *cancellable,
                                        GError           **error);
void          cnn_label_list_free      (CnnLabelList      *self);
gboolean      cnn_label_list_attach    (CnnLabelList      *self,
                                        GPtrArray         *pictures,
                                        GError           **error);
int           cnn_label_list_look_up   (CnnLabelList      *self,
                                        const char        *picture,
                                        guint              position,
                                        char             **problem);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CnnLabelList, cnn_label_list_free)

G_END_DECLS
