#pragma once

#include "formats/cnn-number-type-private.h"

G_BEGIN_DECLS

/* Engine-internal: reads what torch.save() writes, a program for Python's pickle
 * machine, into a tree of inert values.
 *
 * Nothing that the program asks for is ever run or imported. A global name is
 * compared with the few that state dicts need; any other becomes a value of kind
 * CNN_PICKLE_OBJECT, which has a class name and no more. */
typedef enum
{
  CNN_PICKLE_NONE,
  CNN_PICKLE_INTEGER,    /* and booleans */
  CNN_PICKLE_FLOAT,
  CNN_PICKLE_TEXT,       /* and bytes, and integers of more than 64 bits */
  CNN_PICKLE_SEQUENCE,   /* tuples, lists and sets */
  CNN_PICKLE_DICT,
  CNN_PICKLE_GLOBAL,
  CNN_PICKLE_STORAGE,
  CNN_PICKLE_TENSOR,
  CNN_PICKLE_OBJECT,     /* with the items that it was given, were it a dict */
} CnnPickleKind;

typedef struct _CnnPickleValue CnnPickleValue;

/* What a global name stands for. */
typedef enum
{
  CNN_PICKLE_UNKNOWN,
  CNN_PICKLE_MAKE_DICT,
  CNN_PICKLE_MAKE_SEQUENCE,
  CNN_PICKLE_MAKE_TENSOR,
  CNN_PICKLE_MAKE_TYPED_TENSOR,
  CNN_PICKLE_MAKE_TENSOR_SUBCLASS,
  CNN_PICKLE_MAKE_PARAMETER,
  CNN_PICKLE_IS_STORAGE,
  CNN_PICKLE_IS_TYPE,
} CnnPickleMeaning;

/* Text lies in the file and has no final NUL. */
typedef struct
{
  const char *start;
  gsize length;
} CnnPickleText;

typedef struct
{
  CnnPickleText module;
  CnnPickleText name;
  CnnPickleMeaning meaning;
  CnnNumberType type;                  /* of a storage, or that it is */
} CnnPickleGlobal;

typedef struct
{
  CnnPickleText key;
  CnnNumberType type;
  gsize first;                         /* where in the storage of that key it starts */
  gsize n_elements;
} CnnPickleStorage;

typedef struct
{
  const CnnPickleStorage *storage;
  CnnNumberType type;
  CnnShape shape;
  gsize strides[CNN_MAX_DIMS];
  gsize offset;                        /* into the storage, in elements of type */
} CnnPickleTensor;

struct _CnnPickleValue
{
  CnnPickleKind kind;
  GPtrArray *items;                    /* of a dict: key, value, key, value, …; or NULL */
  union
  {
    gint64 integer;
    CnnPickleText text;
    CnnPickleGlobal *global;           /* of an object: its class, or NULL */
    CnnPickleStorage *storage;
    CnnPickleTensor *tensor;
  };
};

/* Owns every value that was read. */
typedef struct
{
  GPtrArray *values;
  CnnPickleValue *root;
} CnnPickle;

CnnPickle      *cnn_pickle_read           (const guint8          *data,
                                           gsize                  size,
                                           gsize                 *n_used,
                                           GError               **error);
void            cnn_pickle_free           (CnnPickle             *self);
gboolean        cnn_pickle_text_equal     (const CnnPickleText   *text,
                                           const char            *string);
char           *cnn_pickle_text_dup       (const CnnPickleText   *text);
gboolean        cnn_pickle_is_dict        (const CnnPickleValue  *value);
CnnPickleValue *cnn_pickle_dict_find      (const CnnPickleValue  *dict,
                                           const char            *key);
char           *cnn_pickle_value_describe (const CnnPickleValue  *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CnnPickle, cnn_pickle_free)

G_END_DECLS
