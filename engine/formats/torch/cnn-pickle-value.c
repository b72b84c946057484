#define G_LOG_DOMAIN "cnn-pickle"

#include "formats/torch/cnn-pickle-value-private.h"

#include <string.h>

#include "core/cnn-error.h"

/* The closed list: what a global name in a state dict may mean. */
static const struct
{
  const char *module;
  const char *name;
  CnnPickleMeaning meaning;
  CnnNumberType type;
} globals[] = {
  { "collections", "OrderedDict", CNN_PICKLE_MAKE_DICT },
  { "collections", "defaultdict", CNN_PICKLE_MAKE_DICT },
  { "builtins", "dict", CNN_PICKLE_MAKE_DICT },
  { "__builtin__", "dict", CNN_PICKLE_MAKE_DICT },
  { "torch", "Size", CNN_PICKLE_MAKE_SEQUENCE },
  { "torch._utils", "_rebuild_tensor", CNN_PICKLE_MAKE_TENSOR },
  { "torch._utils", "_rebuild_tensor_v2", CNN_PICKLE_MAKE_TENSOR },
  { "torch._utils", "_rebuild_tensor_v3", CNN_PICKLE_MAKE_TYPED_TENSOR },
  { "torch._tensor", "_rebuild_from_type_v2", CNN_PICKLE_MAKE_TENSOR_SUBCLASS },
  { "torch._utils", "_rebuild_parameter", CNN_PICKLE_MAKE_PARAMETER },
  { "torch._utils", "_rebuild_parameter_with_state", CNN_PICKLE_MAKE_PARAMETER },
  { "torch", "FloatStorage", CNN_PICKLE_IS_STORAGE, CNN_NUMBER_F32 },
  { "torch", "HalfStorage", CNN_PICKLE_IS_STORAGE, CNN_NUMBER_F16 },
  { "torch", "BFloat16Storage", CNN_PICKLE_IS_STORAGE, CNN_NUMBER_BF16 },
  { "torch", "DoubleStorage", CNN_PICKLE_IS_STORAGE, CNN_NUMBER_F64 },
  { "torch", "LongStorage", CNN_PICKLE_IS_STORAGE, CNN_NUMBER_I64 },
  { "torch", "IntStorage", CNN_PICKLE_IS_STORAGE, CNN_NUMBER_I32 },
  { "torch", "ShortStorage", CNN_PICKLE_IS_STORAGE, CNN_NUMBER_I16 },
  { "torch", "CharStorage", CNN_PICKLE_IS_STORAGE, CNN_NUMBER_I8 },
  { "torch", "ByteStorage", CNN_PICKLE_IS_STORAGE, CNN_NUMBER_U8 },
  { "torch", "BoolStorage", CNN_PICKLE_IS_STORAGE, CNN_NUMBER_BOOL },
  { "torch", "UntypedStorage", CNN_PICKLE_IS_STORAGE, CNN_NUMBER_U8 },
  { "torch.storage", "UntypedStorage", CNN_PICKLE_IS_STORAGE, CNN_NUMBER_U8 },
  { "torch", "float32", CNN_PICKLE_IS_TYPE, CNN_NUMBER_F32 },
  { "torch", "float16", CNN_PICKLE_IS_TYPE, CNN_NUMBER_F16 },
  { "torch", "bfloat16", CNN_PICKLE_IS_TYPE, CNN_NUMBER_BF16 },
  { "torch", "float64", CNN_PICKLE_IS_TYPE, CNN_NUMBER_F64 },
  { "torch", "int64", CNN_PICKLE_IS_TYPE, CNN_NUMBER_I64 },
  { "torch", "int32", CNN_PICKLE_IS_TYPE, CNN_NUMBER_I32 },
  { "torch", "int16", CNN_PICKLE_IS_TYPE, CNN_NUMBER_I16 },
  { "torch", "int8", CNN_PICKLE_IS_TYPE, CNN_NUMBER_I8 },
  { "torch", "uint8", CNN_PICKLE_IS_TYPE, CNN_NUMBER_U8 },
  { "torch", "uint16", CNN_PICKLE_IS_TYPE, CNN_NUMBER_U16 },
  { "torch", "uint32", CNN_PICKLE_IS_TYPE, CNN_NUMBER_U32 },
  { "torch", "uint64", CNN_PICKLE_IS_TYPE, CNN_NUMBER_U64 },
  { "torch", "bool", CNN_PICKLE_IS_TYPE, CNN_NUMBER_BOOL },
};

gboolean
cnn_pickle_text_equal (const CnnPickleText *text,
                       const char          *string)
{
  return text->length == strlen (string) && memcmp (text->start, string, text->length) == 0;
}

/* Text as a string that can be shown, whatever bytes it has. */
char *
cnn_pickle_text_dup (const CnnPickleText *text)
{
  return g_utf8_make_valid (text->start, text->length);
}

void
cnn_pickle_value_free (CnnPickleValue *value)
{
  g_clear_pointer (&value->items, g_ptr_array_unref);

  switch (value->kind)
    {
    case CNN_PICKLE_GLOBAL:
      g_free (value->global);
      break;

    case CNN_PICKLE_STORAGE:
      g_free (value->storage);
      break;

    case CNN_PICKLE_TENSOR:
      g_free (value->tensor);
      break;

    default:
      break;
    }

  g_free (value);
}

CnnPickleValue *
cnn_pickle_new_value (CnnPickle     *self,
                      CnnPickleKind  kind)
{
  CnnPickleValue *value = g_new0 (CnnPickleValue, 1);

  value->kind = kind;
  if (kind == CNN_PICKLE_SEQUENCE || kind == CNN_PICKLE_DICT)
    value->items = g_ptr_array_new ();
  g_ptr_array_add (self->values, value);

  return value;
}

CnnPickleValue *
cnn_pickle_new_global (CnnPickle           *self,
                       const CnnPickleText *module,
                       const CnnPickleText *name)
{
  CnnPickleValue *value = cnn_pickle_new_value (self, CNN_PICKLE_GLOBAL);
  CnnPickleText plain = *module;

  value->global = g_new0 (CnnPickleGlobal, 1);
  value->global->module = *module;
  value->global->name = *name;

  /* Where the numbers lay when they were saved does not matter. */
  if (cnn_pickle_text_equal (module, "torch.cuda"))
    plain.length = strlen ("torch");

  for (guint i = 0; i < G_N_ELEMENTS (globals); i++)
    if (cnn_pickle_text_equal (&plain, globals[i].module) &&
        cnn_pickle_text_equal (name, globals[i].name))
      {
        value->global->meaning = globals[i].meaning;
        value->global->type = globals[i].type;
      }

  return value;
}

/* Item i of a sequence where it is of that kind, else NULL. */
static CnnPickleValue *
get_item (const CnnPickleValue *sequence,
          guint                 i,
          CnnPickleKind         kind)
{
  CnnPickleValue *item;

  if (sequence->kind != CNN_PICKLE_SEQUENCE || i >= sequence->items->len)
    return NULL;

  item = g_ptr_array_index (sequence->items, i);

  return item->kind == kind ? item : NULL;
}

/* A size: an integer from 0 on. */
static gboolean
get_size (const CnnPickleValue *sequence,
          guint                 i,
          gsize                *size)
{
  const CnnPickleValue *item = get_item (sequence, i, CNN_PICKLE_INTEGER);

  if (item == NULL || item->integer < 0)
    return FALSE;

  *size = item->integer;

  return TRUE;
}

static gboolean
get_sizes (const CnnPickleValue *sequence,
           gsize                *sizes)
{
  for (guint i = 0; i < sequence->items->len; i++)
    if (!get_size (sequence, i, &sizes[i]))
      return FALSE;

  return TRUE;
}

/* Whether every element of the view lies in its storage, and there are no more
 * of them than the storage has: an expanded view could ask for any memory. */
static gboolean
tensor_fits (const CnnPickleTensor *tensor)
{
  gsize n = cnn_shape_get_n_elements (&tensor->shape);
  gsize last = tensor->offset;
  gsize n_available;

  if (n == 0)
    return TRUE;

  if (!g_size_checked_mul (&n_available, tensor->storage->n_elements,
                           cnn_number_type_get_size (tensor->storage->type)))
    return FALSE;
  n_available /= cnn_number_type_get_size (tensor->type);

  for (guint i = 0; i < tensor->shape.n_dims; i++)
    {
      gsize reach;

      if (!g_size_checked_mul (&reach, tensor->shape.dims[i] - 1, tensor->strides[i]) ||
          !g_size_checked_add (&last, last, reach))
        return FALSE;
    }

  return last < n_available && n <= n_available;
}

/* Where the storage has no type, a tensor has: argument 6 of _rebuild_tensor_v3(). */
static gboolean
get_type (const CnnPickleGlobal  *callable,
          const CnnPickleValue   *arguments,
          const CnnPickleStorage *storage,
          CnnNumberType          *type,
          GError                **error)
{
  const CnnPickleValue *dtype;
  g_autofree char *found = NULL;

  *type = storage->type;
  if (callable->meaning != CNN_PICKLE_MAKE_TYPED_TENSOR)
    return TRUE;

  dtype = get_item (arguments, 6, CNN_PICKLE_GLOBAL);
  if (dtype != NULL && dtype->global->meaning == CNN_PICKLE_IS_TYPE)
    {
      *type = dtype->global->type;
      return TRUE;
    }

  found = dtype != NULL ? cnn_pickle_value_describe (dtype) : g_strdup ("no known type");
  g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
               "a tensor is of %s, expected float, half, bfloat16, double, integers or booleans", found);

  return FALSE;
}

/* torch._utils._rebuild_tensor_v2 (storage, offset, size, stride, …) */
static CnnPickleValue *
make_tensor (CnnPickle             *self,
             const CnnPickleGlobal *callable,
             const CnnPickleValue  *arguments,
             GError               **error)
{
  CnnPickleValue *storage = get_item (arguments, 0, CNN_PICKLE_STORAGE);
  CnnPickleValue *shape = get_item (arguments, 2, CNN_PICKLE_SEQUENCE);
  CnnPickleValue *strides = get_item (arguments, 3, CNN_PICKLE_SEQUENCE);
  CnnPickleTensor tensor = { 0 };
  CnnPickleValue *value;

  if (storage == NULL || shape == NULL || strides == NULL ||
      shape->items->len > CNN_MAX_DIMS || shape->items->len != strides->items->len ||
      !get_size (arguments, 1, &tensor.offset) ||
      !get_sizes (shape, tensor.shape.dims) || !get_sizes (strides, tensor.strides))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "a tensor is not described by storage, offset, up to %d extents and as many strides",
                   CNN_MAX_DIMS);
      return NULL;
    }

  if (!get_type (callable, arguments, storage->storage, &tensor.type, error))
    return NULL;

  tensor.storage = storage->storage;
  tensor.shape.n_dims = shape->items->len;
  if (!cnn_shape_is_valid (&tensor.shape) || !tensor_fits (&tensor))
    {
      g_autofree char *text = cnn_shape_to_string (&tensor.shape);
      g_autofree char *key = cnn_pickle_text_dup (&tensor.storage->key);

      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "a tensor %s from element %" G_GSIZE_FORMAT " on does not fit into storage %s of %" G_GSIZE_FORMAT,
                   text, tensor.offset, key, tensor.storage->n_elements);
      return NULL;
    }

  value = cnn_pickle_new_value (self, CNN_PICKLE_TENSOR);
  value->tensor = g_memdup2 (&tensor, sizeof tensor);

  return value;
}

/* collections.OrderedDict () and, from Python 2, OrderedDict ([[key, value], …]) */
static CnnPickleValue *
make_dict (CnnPickle            *self,
           const CnnPickleValue *arguments)
{
  CnnPickleValue *dict = cnn_pickle_new_value (self, CNN_PICKLE_DICT);
  CnnPickleValue *pairs = get_item (arguments, 0, CNN_PICKLE_SEQUENCE);

  for (guint i = 0; pairs != NULL && i < pairs->items->len; i++)
    {
      CnnPickleValue *pair = get_item (pairs, i, CNN_PICKLE_SEQUENCE);

      if (pair == NULL || pair->items->len != 2)
        continue;

      g_ptr_array_add (dict->items, g_ptr_array_index (pair->items, 0));
      g_ptr_array_add (dict->items, g_ptr_array_index (pair->items, 1));
    }

  return dict;
}

/* torch._tensor._rebuild_from_type_v2 (function, class, arguments, state): a tensor
 * of a class of its own, or with attributes, which do not matter. */
static CnnPickleValue *
make_tensor_subclass (CnnPickle             *self,
                      const CnnPickleValue  *arguments,
                      GError               **error)
{
  const CnnPickleValue *function = get_item (arguments, 0, CNN_PICKLE_GLOBAL);
  const CnnPickleValue *inner = get_item (arguments, 2, CNN_PICKLE_SEQUENCE);
  CnnPickleValue *object;

  if (function != NULL && inner != NULL &&
      (function->global->meaning == CNN_PICKLE_MAKE_TENSOR ||
       function->global->meaning == CNN_PICKLE_MAKE_TYPED_TENSOR))
    return make_tensor (self, function->global, inner, error);

  object = cnn_pickle_new_value (self, CNN_PICKLE_OBJECT);
  object->global = function != NULL ? function->global : NULL;

  return object;
}

/* What calling a global would have made, were it called. */
CnnPickleValue *
cnn_pickle_reduce (CnnPickle       *self,
                   CnnPickleValue  *callable,
                   CnnPickleValue  *arguments,
                   GError         **error)
{
  CnnPickleGlobal *global = NULL;
  CnnPickleValue *inner = NULL;
  CnnPickleValue *object;

  if (callable->kind == CNN_PICKLE_GLOBAL || callable->kind == CNN_PICKLE_OBJECT)
    global = callable->global;

  if (callable->kind == CNN_PICKLE_GLOBAL)
    switch (global->meaning)
      {
      case CNN_PICKLE_MAKE_DICT:
        return make_dict (self, arguments);

      case CNN_PICKLE_MAKE_TENSOR:
      case CNN_PICKLE_MAKE_TYPED_TENSOR:
        return make_tensor (self, global, arguments, error);

      case CNN_PICKLE_MAKE_TENSOR_SUBCLASS:
        return make_tensor_subclass (self, arguments, error);

      case CNN_PICKLE_MAKE_PARAMETER:
        inner = get_item (arguments, 0, CNN_PICKLE_TENSOR);
        break;

      case CNN_PICKLE_MAKE_SEQUENCE:
        inner = get_item (arguments, 0, CNN_PICKLE_SEQUENCE);
        break;

      default:
        break;
      }

  if (inner != NULL)
    return inner;

  object = cnn_pickle_new_value (self, CNN_PICKLE_OBJECT);
  object->global = global;

  return object;
}

/* ('storage', class, key, location, n[, (view key, offset, n)]) or, where a whole
 * module was pickled, ('module', class, file, source). */
CnnPickleValue *
cnn_pickle_load_persistent (CnnPickle       *self,
                            CnnPickleValue  *id,
                            GError         **error)
{
  CnnPickleValue *tag = get_item (id, 0, CNN_PICKLE_TEXT);
  CnnPickleValue *class = get_item (id, 1, CNN_PICKLE_GLOBAL);
  CnnPickleValue *key = get_item (id, 2, CNN_PICKLE_TEXT);
  CnnPickleValue *view = get_item (id, 5, CNN_PICKLE_SEQUENCE);
  CnnPickleStorage storage = { 0 };
  CnnPickleValue *value;

  if (tag != NULL && class != NULL && cnn_pickle_text_equal (&tag->text, "module"))
    return class;

  if (tag == NULL || class == NULL || key == NULL ||
      !cnn_pickle_text_equal (&tag->text, "storage") ||
      !get_size (id, 4, &storage.n_elements) ||
      (view != NULL && (!get_size (view, 1, &storage.first) || !get_size (view, 2, &storage.n_elements))))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "a storage is not described by class, key, location and size");
      return NULL;
    }

  if (class->global->meaning != CNN_PICKLE_IS_STORAGE)
    {
      g_autofree char *found = cnn_pickle_value_describe (class);

      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "a storage is %s, expected float, half, bfloat16, double, integers or booleans", found);
      return NULL;
    }

  storage.key = key->text;
  storage.type = class->global->type;

  value = cnn_pickle_new_value (self, CNN_PICKLE_STORAGE);
  value->storage = g_memdup2 (&storage, sizeof storage);

  return value;
}

/* Whether value is a dict, or an object of a class derived from it. */
gboolean
cnn_pickle_is_dict (const CnnPickleValue *value)
{
  return value->kind == CNN_PICKLE_DICT || (value->kind == CNN_PICKLE_OBJECT && value->items != NULL);
}

/* The last value of that key, as in Python; NULL where there is none. */
CnnPickleValue *
cnn_pickle_dict_find (const CnnPickleValue *dict,
                      const char           *key)
{
  if (!cnn_pickle_is_dict (dict))
    return NULL;

  for (guint i = dict->items->len; i >= 2; i -= 2)
    {
      const CnnPickleValue *candidate = g_ptr_array_index (dict->items, i - 2);

      if (candidate->kind == CNN_PICKLE_TEXT && cnn_pickle_text_equal (&candidate->text, key))
        return g_ptr_array_index (dict->items, i - 1);
    }

  return NULL;
}

static char *
describe_class (const CnnPickleGlobal *global)
{
  g_autofree char *name = NULL;

  if (global == NULL)
    return g_strdup ("unknown");

  name = g_strdup_printf ("%.*s.%.*s",
                          (int) MIN (global->module.length, 100), global->module.start,
                          (int) MIN (global->name.length, 100), global->name.start);

  return g_utf8_make_valid (name, -1);
}

/* What a value is, in words for an error message. */
char *
cnn_pickle_value_describe (const CnnPickleValue *value)
{
  g_autofree char *class = NULL;

  switch (value->kind)
    {
    case CNN_PICKLE_NONE:
      return g_strdup ("None");

    case CNN_PICKLE_INTEGER:
    case CNN_PICKLE_FLOAT:
      return g_strdup ("a number");

    case CNN_PICKLE_TEXT:
      return g_strdup ("text");

    case CNN_PICKLE_SEQUENCE:
      return g_strdup ("a list");

    case CNN_PICKLE_DICT:
      return g_strdup ("a dict");

    case CNN_PICKLE_STORAGE:
      return g_strdup ("a storage");

    case CNN_PICKLE_TENSOR:
      return g_strdup ("a tensor");

    case CNN_PICKLE_GLOBAL:
      return describe_class (value->global);

    case CNN_PICKLE_OBJECT:
      class = describe_class (value->global);
      return g_strdup_printf ("a pickled %s object", class);

    default:
      g_return_val_if_reached (NULL);
    }
}
