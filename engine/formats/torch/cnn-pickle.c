#define G_LOG_DOMAIN "cnn-pickle"

/* The machine: a stack of values, a memo, and one-byte opcodes, as described in
 * Python's Lib/pickletools.py. Only those that protocols 2 to 5 write for data
 * are known here. */

#include "formats/torch/cnn-pickle-value-private.h"

#include <string.h>

#include "core/cnn-error.h"

/* A state dict takes about 30 steps a tensor, a checkpoint with its optimizer a
 * few times that. Each step makes at most one value, so this bounds memory. */
#define MAX_STEPS 4000000

enum
{
  MARK = '(', STOP = '.', POP = '0', POP_MARK = '1', DUP = '2',
  NONE = 'N', NEWTRUE = 0x88, NEWFALSE = 0x89,
  BININT = 'J', BININT1 = 'K', BININT2 = 'M', LONG1 = 0x8a, LONG4 = 0x8b, BINFLOAT = 'G',
  SHORT_BINSTRING = 'U', BINSTRING = 'T', SHORT_BINBYTES = 'C', BINBYTES = 'B', BINBYTES8 = 0x8e,
  BYTEARRAY8 = 0x96,
  SHORT_BINUNICODE = 0x8c, BINUNICODE = 'X', BINUNICODE8 = 0x8d,
  EMPTY_TUPLE = ')', TUPLE = 't', TUPLE1 = 0x85, TUPLE2 = 0x86, TUPLE3 = 0x87,
  EMPTY_LIST = ']', LIST = 'l', APPEND = 'a', APPENDS = 'e',
  EMPTY_SET = 0x8f, ADDITEMS = 0x90, FROZENSET = 0x91,
  EMPTY_DICT = '}', DICT = 'd', SETITEM = 's', SETITEMS = 'u',
  BINPUT = 'q', LONG_BINPUT = 'r', MEMOIZE = 0x94, BINGET = 'h', LONG_BINGET = 'j',
  GLOBAL = 'c', STACK_GLOBAL = 0x93, REDUCE = 'R', NEWOBJ = 0x81, NEWOBJ_EX = 0x92, BUILD = 'b',
  BINPERSID = 'Q', PROTO = 0x80, FRAME = 0x95,
};

typedef struct
{
  CnnPickle *pickle;          /* owned */

  const guint8 *start;
  const guint8 *at;
  const guint8 *end;

  GPtrArray *stack;           /* of CnnPickleValue, borrowed */
  GArray *marks;              /* of guint: heights of the stack */
  GHashTable *memo;           /* guint → CnnPickleValue, borrowed */

  CnnPickleValue *none;
  CnnPickleValue *empty;      /* the empty tuple */

  GError *error;              /* the first; everything after it does nothing */
} Machine;

static void
machine_clear (Machine *self)
{
  g_clear_pointer (&self->pickle, cnn_pickle_free);
  g_ptr_array_unref (self->stack);
  g_array_unref (self->marks);
  g_hash_table_unref (self->memo);
  g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Machine, machine_clear)

static void
machine_init (Machine      *self,
              const guint8 *data,
              gsize         size)
{
  self->pickle = g_new0 (CnnPickle, 1);
  self->pickle->values = g_ptr_array_new_with_free_func ((GDestroyNotify) cnn_pickle_value_free);
  self->start = self->at = data;
  self->end = data + size;
  self->stack = g_ptr_array_new ();
  self->marks = g_array_new (FALSE, FALSE, sizeof (guint));
  self->memo = g_hash_table_new (NULL, NULL);
  self->none = cnn_pickle_new_value (self->pickle, CNN_PICKLE_NONE);
  self->empty = cnn_pickle_new_value (self->pickle, CNN_PICKLE_SEQUENCE);
  self->error = NULL;
}

static void
fail (Machine    *self,
      const char *message)
{
  if (self->error == NULL)
    g_set_error_literal (&self->error, CNN_ERROR, CNN_ERROR_DAMAGED, message);
}

/* The next n bytes, or NULL. */
static const guint8 *
take (Machine *self,
      guint64  n)
{
  const guint8 *bytes = self->at;

  if (n > (guint64) (self->end - self->at))
    {
      fail (self, "ends in the middle of a value");
      return NULL;
    }

  self->at += n;

  return bytes;
}

/* A little-endian number of n bytes. */
static guint64
take_number (Machine *self,
             guint    n)
{
  const guint8 *bytes = take (self, n);
  guint64 number = 0;

  for (guint i = 0; bytes != NULL && i < n; i++)
    number |= (guint64) bytes[i] << 8 * i;

  return number;
}

/* The height under which the stack belongs to an earlier mark. */
static guint
get_floor (Machine *self)
{
  return self->marks->len > 0 ? g_array_index (self->marks, guint, self->marks->len - 1) : 0;
}

static void
push (Machine        *self,
      CnnPickleValue *value)
{
  if (value != NULL)
    g_ptr_array_add (self->stack, value);
}

/* The topmost value, or None where there is none. */
static CnnPickleValue *
peek (Machine *self)
{
  if (self->stack->len <= get_floor (self))
    {
      fail (self, "takes a value from an empty stack");
      return self->none;
    }

  return g_ptr_array_index (self->stack, self->stack->len - 1);
}

static CnnPickleValue *
pop (Machine *self)
{
  CnnPickleValue *value = peek (self);

  if (self->error == NULL)
    g_ptr_array_set_size (self->stack, self->stack->len - 1);

  return value;
}

static void
push_integer (Machine *self,
              gint64   integer)
{
  CnnPickleValue *value = cnn_pickle_new_value (self->pickle, CNN_PICKLE_INTEGER);

  value->integer = integer;
  push (self, value);
}

static void
push_text (Machine *self,
           guint    length_size)
{
  guint64 length = take_number (self, length_size);
  const guint8 *bytes = take (self, length);
  CnnPickleValue *value;

  if (bytes == NULL)
    return;

  value = cnn_pickle_new_value (self->pickle, CNN_PICKLE_TEXT);
  value->text.start = (const char *) bytes;
  value->text.length = length;
  push (self, value);
}

/* Two's complement of any length. */
static void
push_long (Machine *self,
           guint    length_size)
{
  const guint8 *at = self->at;
  guint64 length = take_number (self, length_size);
  guint64 bits;

  if (length > sizeof bits)
    {
      self->at = at;
      push_text (self, length_size);
      return;
    }

  bits = take_number (self, length);
  if (length > 0 && length < sizeof bits && bits >> (8 * length - 1) != 0)
    bits |= ~G_GUINT64_CONSTANT (0) << 8 * length;
  push_integer (self, (gint64) bits);
}

/* Moves what lies above height from the stack into a container. Dicts and
 * sequences take it. An object of an unknown class that is given keys and values is
 * of a class derived from dict; what else it is given, it lets go. */
static void
move_into (Machine        *self,
           CnnPickleValue *container,
           CnnPickleKind   kind,
           guint           height)
{
  guint n = self->stack->len - height;

  if (container->kind == CNN_PICKLE_OBJECT && kind == CNN_PICKLE_DICT && container->items == NULL)
    container->items = g_ptr_array_new ();

  if (kind == CNN_PICKLE_DICT && n % 2 != 0)
    fail (self, "has a dict key without a value");
  else if (container == self->empty)
    fail (self, "changes a tuple");
  else if (container->kind == kind || (kind == CNN_PICKLE_DICT && cnn_pickle_is_dict (container)))
    for (guint i = 0; i < n; i++)
      g_ptr_array_add (container->items, g_ptr_array_index (self->stack, height + i));
  else if (container->kind != CNN_PICKLE_OBJECT)
    fail (self, "adds to a value that is no container");

  g_ptr_array_set_size (self->stack, height);
}

/* A new container of the topmost n values. */
static void
push_of_top (Machine *self,
             guint    n)
{
  CnnPickleValue *value;

  if (self->stack->len - get_floor (self) < n)
    {
      fail (self, "takes a value from an empty stack");
      return;
    }

  value = cnn_pickle_new_value (self->pickle, CNN_PICKLE_SEQUENCE);
  move_into (self, value, CNN_PICKLE_SEQUENCE, self->stack->len - n);
  push (self, value);
}

/* Takes the last mark; what lies above it is at this height and up. */
static guint
pop_mark (Machine *self)
{
  guint height = get_floor (self);

  if (self->marks->len == 0)
    {
      fail (self, "has no mark where one is needed");
      return self->stack->len;
    }

  g_array_set_size (self->marks, self->marks->len - 1);

  return height;
}

static void
push_since_mark (Machine       *self,
                 CnnPickleKind  kind)
{
  guint height = pop_mark (self);
  CnnPickleValue *value = cnn_pickle_new_value (self->pickle, kind);

  move_into (self, value, kind, height);
  push (self, value);
}

/* Adds what lies above height to the container just under it. */
static void
add_since (Machine       *self,
           guint          height,
           CnnPickleKind  kind)
{
  if (self->error != NULL || height <= get_floor (self))
    {
      fail (self, "adds to no container");
      return;
    }

  move_into (self, g_ptr_array_index (self->stack, height - 1), kind, height);
}

static void
add_top (Machine       *self,
         guint          n,
         CnnPickleKind  kind)
{
  if (self->stack->len - get_floor (self) < n)
    fail (self, "takes a value from an empty stack");
  else
    add_since (self, self->stack->len - n, kind);
}

static void
memoize (Machine *self,
         guint64  index)
{
  g_hash_table_insert (self->memo, GSIZE_TO_POINTER (index), peek (self));
}

static void
push_memo (Machine *self,
           guint64  index)
{
  CnnPickleValue *value = g_hash_table_lookup (self->memo, GSIZE_TO_POINTER (index));

  if (value == NULL)
    fail (self, "refers to a value that it has not kept");
  push (self, value);
}

static CnnPickleText
take_line (Machine *self)
{
  const guint8 *newline = memchr (self->at, '\n', self->end - self->at);
  CnnPickleText line = { (const char *) self->at, 0 };

  if (newline == NULL)
    {
      fail (self, "ends in the middle of a name");
      return line;
    }

  line.length = newline - self->at;
  self->at = newline + 1;

  return line;
}

static void
push_global (Machine *self)
{
  CnnPickleText module = take_line (self);
  CnnPickleText name = take_line (self);

  push (self, cnn_pickle_new_global (self->pickle, &module, &name));
}

static void
push_stack_global (Machine *self)
{
  CnnPickleValue *name = pop (self);
  CnnPickleValue *module = pop (self);

  if (module->kind != CNN_PICKLE_TEXT || name->kind != CNN_PICKLE_TEXT)
    fail (self, "names a class by something that is no text");
  else
    push (self, cnn_pickle_new_global (self->pickle, &module->text, &name->text));
}

/* Calls nothing: see cnn_pickle_reduce(). */
static void
reduce (Machine *self,
        guint    n_extra)
{
  CnnPickleValue *arguments, *callable;

  for (guint i = 0; i < n_extra; i++)
    pop (self);

  arguments = pop (self);
  callable = pop (self);
  if (self->error == NULL)
    push (self, cnn_pickle_reduce (self->pickle, callable, arguments, &self->error));
}

static void
load_persistent (Machine *self)
{
  CnnPickleValue *id = pop (self);

  if (self->error == NULL)
    push (self, cnn_pickle_load_persistent (self->pickle, id, &self->error));
}

static void
fail_opcode (Machine *self,
             guint8   opcode)
{
  if (self->error == NULL)
    g_set_error (&self->error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                 "has opcode 0x%02x, expected one that a state dict needs", opcode);
}

/* Carries out one opcode; the error is set where it cannot be. */
static void
step (Machine *self,
      guint8   opcode)
{
  switch (opcode)
    {
    case PROTO:            take (self, 1); break;
    case FRAME:            take (self, 8); break;
    case POP:              pop (self); break;
    case DUP:              push (self, peek (self)); break;
    case MARK:             g_array_append_val (self->marks, self->stack->len); break;
    case POP_MARK:         g_ptr_array_set_size (self->stack, pop_mark (self)); break;

    case NONE:             push (self, self->none); break;
    case NEWTRUE:          push_integer (self, 1); break;
    case NEWFALSE:         push_integer (self, 0); break;
    case BININT:           push_integer (self, (gint32) take_number (self, 4)); break;
    case BININT1:          push_integer (self, take_number (self, 1)); break;
    case BININT2:          push_integer (self, take_number (self, 2)); break;
    case LONG1:            push_long (self, 1); break;
    case LONG4:            push_long (self, 4); break;
    case BINFLOAT:         take (self, 8); push (self, cnn_pickle_new_value (self->pickle, CNN_PICKLE_FLOAT)); break;

    case SHORT_BINSTRING:
    case SHORT_BINBYTES:
    case SHORT_BINUNICODE: push_text (self, 1); break;
    case BINSTRING:
    case BINBYTES:
    case BINUNICODE:       push_text (self, 4); break;
    case BINBYTES8:
    case BYTEARRAY8:
    case BINUNICODE8:      push_text (self, 8); break;

    case EMPTY_TUPLE:      push (self, self->empty); break;
    case TUPLE1:           push_of_top (self, 1); break;
    case TUPLE2:           push_of_top (self, 2); break;
    case TUPLE3:           push_of_top (self, 3); break;
    case EMPTY_SET:
    case EMPTY_LIST:       push_of_top (self, 0); break;
    case TUPLE:
    case LIST:
    case FROZENSET:        push_since_mark (self, CNN_PICKLE_SEQUENCE); break;
    case EMPTY_DICT:       push (self, cnn_pickle_new_value (self->pickle, CNN_PICKLE_DICT)); break;
    case DICT:             push_since_mark (self, CNN_PICKLE_DICT); break;
    case APPEND:           add_top (self, 1, CNN_PICKLE_SEQUENCE); break;
    case ADDITEMS:
    case APPENDS:          add_since (self, pop_mark (self), CNN_PICKLE_SEQUENCE); break;
    case SETITEM:          add_top (self, 2, CNN_PICKLE_DICT); break;
    case SETITEMS:         add_since (self, pop_mark (self), CNN_PICKLE_DICT); break;

    case BINPUT:           memoize (self, take_number (self, 1)); break;
    case LONG_BINPUT:      memoize (self, take_number (self, 4)); break;
    case MEMOIZE:          memoize (self, g_hash_table_size (self->memo)); break;
    case BINGET:           push_memo (self, take_number (self, 1)); break;
    case LONG_BINGET:      push_memo (self, take_number (self, 4)); break;

    case GLOBAL:           push_global (self); break;
    case STACK_GLOBAL:     push_stack_global (self); break;
    case REDUCE:
    case NEWOBJ:           reduce (self, 0); break;
    case NEWOBJ_EX:        reduce (self, 1); break;
    case BINPERSID:        load_persistent (self); break;

    /* The attributes of an object, such as a state dict's _metadata: not needed. */
    case BUILD:            pop (self); peek (self); break;

    default:               fail_opcode (self, opcode); break;
    }
}

static void
run (Machine *self)
{
  for (guint n = 0; n < MAX_STEPS; n++)
    {
      const guint8 *opcode = take (self, 1);

      if (self->error != NULL)
        return;

      if (*opcode == STOP)
        {
          self->pickle->root = pop (self);
          return;
        }

      step (self, *opcode);
      if (self->error != NULL)
        return;
    }

  fail (self, "takes too many steps");
}

/**
 * cnn_pickle_read:
 * @data: a pickle
 * @size: how many bytes may be read
 * @n_used: (out): how many bytes the pickle takes
 * @error: return location for an error
 *
 * Reads one pickle, protocol 2 to 5. Memory and time are bounded by @size and by
 * a fixed number of steps. Values may refer to themselves through lists and
 * dicts: walk them to a fixed depth only.
 *
 * Returns: (transfer full): the values, which refer to @data, or %NULL
 */
CnnPickle *
cnn_pickle_read (const guint8  *data,
                 gsize          size,
                 gsize         *n_used,
                 GError       **error)
{
  g_auto (Machine) machine;

  machine_init (&machine, data, size);
  run (&machine);

  if (machine.error != NULL)
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&machine.error),
                                  "pickle byte %" G_GSIZE_FORMAT ": ", (gsize) (machine.at - data));
      return NULL;
    }

  *n_used = machine.at - data;

  return g_steal_pointer (&machine.pickle);
}

void
cnn_pickle_free (CnnPickle *self)
{
  g_ptr_array_unref (self->values);
  g_free (self);
}
