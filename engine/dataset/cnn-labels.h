#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * CnnLabels:
 *
 * The classes that a network tells apart, in the order of its logits: a WordNet
 * id (such as `n01440764`; may be missing) and a name each. Reference-counted
 * and immutable.
 */
typedef struct _CnnLabels CnnLabels;

#define CNN_TYPE_LABELS (cnn_labels_get_type ())

GType       cnn_labels_get_type       (void) G_GNUC_CONST;
CnnLabels  *cnn_labels_get_imagenet   (void);
CnnLabels  *cnn_labels_new_for_names  (const char * const *names,
                                       guint         n_names);
CnnLabels  *cnn_labels_load           (GFile         *file,
                                       GCancellable  *cancellable,
                                       GError       **error);
CnnLabels  *cnn_labels_ref            (CnnLabels     *self);
void        cnn_labels_unref          (CnnLabels     *self);
guint       cnn_labels_get_size       (CnnLabels     *self);
const char *cnn_labels_get_wnid       (CnnLabels     *self,
                                       guint          index);
const char *cnn_labels_get_name       (CnnLabels     *self,
                                       guint          index);
char       *cnn_labels_dup_short_name (CnnLabels     *self,
                                       guint          index);
int         cnn_labels_find_wnid      (CnnLabels     *self,
                                       const char    *wnid);
gsize       cnn_wnid_measure          (const char    *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CnnLabels, cnn_labels_unref)

G_END_DECLS
