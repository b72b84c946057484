#include "core/cnn-error.h"
#include "formats/cnn-state-dict.h"
#include "support/model-bytes.h"
#include "support/pack.h"
#include "support/temporary.h"

#include <math.h>
#include <string.h>

/* Pickles, in pieces: text, a FloatStorage "0" of n numbers, and a tensor. */
#define TEXT_1(c) "X\x01\0\0\0" c
#define STORAGE(class, n) "(X\x07\0\0\0storagectorch\n" class "\n" TEXT_1 ("0") "X\x03\0\0\0cpuK" n "NtQ"
#define TENSOR(storage, offset, sizes, strides) \
  "ctorch._utils\n_rebuild_tensor_v2\n(" storage "K" offset sizes strides "\x89Ntq\x01R"
#define ONE_TENSOR(tensor) "\x80\x02}" TEXT_1 ("w") tensor "s."
#define FLOATS STORAGE ("FloatStorage", "\x06")

static const float numbers[] = { 0, 1, 2, 3, 4, 5 };

static CnnStateDict *
load (GBytes  *bytes,
      GError **error)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);
  GFile *file = temporary_new ("test.pth", data, size);
  CnnStateDict *dict = cnn_state_dict_load (file, NULL, error);

  temporary_free (file);

  return dict;
}

static CnnStateDict *
load_pickle (const char  *pickle,
             gsize        size,
             GError     **error)
{
  g_autoptr (GBytes) bytes = model_bytes_legacy (pickle, size, numbers, G_N_ELEMENTS (numbers));

  return load (bytes, error);
}

static void
test_view (void)
{
  static const char pickle[] =
    ONE_TENSOR (TENSOR (FLOATS, "\x01", "K\x02K\x02\x86", "K\x01K\x03\x86"));
  const float expected[] = { 1, 4, 2, 5 };
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnStateDict) dict = load_pickle (pickle, sizeof pickle - 1, &error);
  CnnTensor *tensor;

  g_assert_no_error (error);
  tensor = cnn_state_dict_find (dict, "w");
  g_assert_true (cnn_shape_equal (cnn_tensor_get_shape (tensor), &CNN_SHAPE_2 (2, 2)));
  g_assert_cmpmem (cnn_tensor_get_data (tensor), sizeof expected, expected, sizeof expected);
}

/* The zip container, and that its numbers are used where they lie. */
static void
test_zip (void)
{
  static const char pickle[] =
    "\x80\x02}X\x0a\0\0\0state_dict}X\x08\0\0\0module.w"
    TENSOR (FLOATS, "\x00", "K\x06\x85", "K\x01\x85") "ss.";
  g_autoptr (GBytes) bytes = model_bytes_zip ("a/data.pkl", pickle, sizeof pickle - 1,
                                              "a/byteorder", "little", (gsize) 6,
                                              "a/data/0", numbers, sizeof numbers, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnStateDict) dict = load (bytes, &error);
  CnnTensor *tensor;

  g_assert_no_error (error);
  tensor = cnn_state_dict_find (dict, "w");
  g_assert_nonnull (tensor);
  g_assert_cmpmem (cnn_tensor_get_data (tensor), sizeof numbers, numbers, sizeof numbers);
}

typedef struct
{
  const char *pickle;
  gsize size;
  const char *says;
} Refusal;

#define REFUSAL(pickle, says) { pickle, sizeof pickle - 1, says }

/* Each with what its message must say. */
static const Refusal refusals[] = {
  REFUSAL ("\x80\x02" "cposix\nsystem\nX\x0c\0\0\0touch /tmp/x\x85R.",
           "holds a pickled posix.system object, expected a state dict: save model.state_dict()"),
  REFUSAL (ONE_TENSOR ("cposix\nsystem\n)R"), "holds a dict of “w” (a pickled posix.system object) without tensors"),
  REFUSAL ("\x80\x02}(" TEXT_1 ("w") TENSOR (FLOATS, "\x00", "K\x06\x85", "K\x01\x85") TEXT_1 ("v") "cos\nsystem\n)Ru.",
           "v: is a pickled os.system object, expected a tensor"),
  REFUSAL (ONE_TENSOR (TENSOR (FLOATS, "\x01", "K\x06\x85", "K\x01\x85")), "a tensor 6 from element 1 on does not fit into storage 0 of 6"),
  REFUSAL (ONE_TENSOR (TENSOR (FLOATS, "\x00", "K\x02K\x02\x86", "J\xff\xff\xff\x7fK\x01\x86")), "does not fit"),
  REFUSAL (ONE_TENSOR (TENSOR (FLOATS, "\x00", "J\xff\xff\xff\x7f\x85", "K\x00\x85")), "does not fit"),
  REFUSAL (ONE_TENSOR (TENSOR (FLOATS, "\x00", "J\xff\xff\xff\xff\x85", "K\x00\x85")), "a tensor is not described"),
  REFUSAL (ONE_TENSOR (TENSOR (FLOATS, "\x00", "K\x02K\x02\x86", "K\x02\x85")), "a tensor is not described"),
  REFUSAL (ONE_TENSOR (TENSOR (STORAGE ("FloatStorage", "\x07"), "\x00", "K\x07\x85", "K\x01\x85")), "w: its storage has 6 numbers, expected 7"),
  REFUSAL (ONE_TENSOR (TENSOR (STORAGE ("QInt8Storage", "\x06"), "\x00", "K\x06\x85", "K\x01\x85")), "a storage is torch.QInt8Storage"),
  REFUSAL (ONE_TENSOR (TENSOR (STORAGE ("DoubleStorage", "\x06"), "\x00", "K\x06\x85", "K\x01\x85")), "storage 0 at byte"),
  REFUSAL ("\x80\x02K\x01.", "holds a number without tensors"),
  REFUSAL ("\x80\x02}(X\x05\0\0\0epochK\x01X\x04\0\0\0argsNu.", "holds a dict of “epoch” (a number), “args” (None) without tensors"),
  REFUSAL ("\x80\x02" "cposix", "ends in the middle of a name"),
  REFUSAL ("\x80\x02i__main__\nX\n.", "has opcode 0x69"),
  REFUSAL ("\x80\x02R.", "takes a value from an empty stack"),
  REFUSAL ("\x80\x02t.", "has no mark"),
  REFUSAL ("\x80\x02)K\x01" "a.", "changes a tuple"),
  REFUSAL ("\x80\x02K\x01K\x02" "a.", "no container"),
  REFUSAL ("\x80\x02}(K\x01u.", "dict key without a value"),
  REFUSAL ("\x80\x02h\x05.", "has not kept"),
  REFUSAL ("\x80\x02X\xff\xff\xff\xff.", "ends in the middle"),
  REFUSAL ("\x80\x02\x8d\xff\xff\xff\xff\xff\xff\xff\xff.", "ends in the middle"),
};

static void
test_refusal (gconstpointer data)
{
  const Refusal *refusal = data;
  g_autoptr (GError) error = NULL;

  g_assert_null (load_pickle (refusal->pickle, refusal->size, &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == CNN_ERROR);
  g_assert_null (strchr (error->message, '\n'));
  if (strstr (error->message, refusal->says) == NULL)
    g_error ("says “%s”, expected “%s”", error->message, refusal->says);
}

/* A list that holds itself, and millions of empty lists, end in an error. */
static void
test_loops (void)
{
  static const char itself[] = "\x80\x02]q\x00h\x00" "a0h\x00.";
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) many = g_byte_array_new ();

  g_assert_null (load_pickle (itself, sizeof itself - 1, &error));
  g_assert_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED);
  g_clear_error (&error);

  g_byte_array_set_size (many, 5000000);
  memset (many->data, ']', many->len);
  g_assert_null (load_pickle ((const char *) many->data, many->len, &error));
  g_assert_error (error, CNN_ERROR, CNN_ERROR_DAMAGED);
  g_assert_nonnull (strstr (error->message, "too many steps"));
}

/* A record that was compressed is unpacked. */
static void
test_deflated (void)
{
  static const char pickle[] = ONE_TENSOR (TENSOR (FLOATS, "\x00", "K\x06\x85", "K\x01\x85"));
  g_autoptr (GBytes) bytes = model_bytes_zip_options ("zip:compression=deflate",
                                                      "a/data.pkl", pickle, sizeof pickle - 1,
                                                      "a/.data/serialization_id", "123", (gsize) 3,
                                                      "a/data/0", numbers, sizeof numbers, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnStateDict) dict = load (bytes, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (cnn_tensor_get_data (cnn_state_dict_find (dict, "w")), sizeof numbers, numbers, sizeof numbers);
}

/* Much of nothing, which deflates to a thousandth. */
static GBytes *
new_bomb (void)
{
  g_autofree char *zeros = g_malloc0 (1000000);

  return model_bytes_zip_options ("zip:compression=deflate", "m/data.pkl", zeros, (gsize) 1000000, NULL);
}

/* What else may lie in a checkpoint, and which of its tensors are the network. */
#define W(offset) "}" TEXT_1 ("w") TENSOR (FLOATS, offset, "K\x01\x85", "K\x01\x85") "s"
#define W_AND_V(offset) "}" TEXT_1 ("w") TENSOR (FLOATS, offset, "K\x01\x85", "K\x01\x85") "s" \
                        TEXT_1 ("v") TENSOR (FLOATS, offset, "K\x01\x85", "K\x01\x85") "s"

static const struct
{
  const char *pickle;
  gsize size;
  float w;                  /* its first number */
  const char *note;
} choices[] = {
#define CHOICE(pickle, w, note) { "\x80\x02" pickle ".", sizeof ("\x80\x02" pickle ".") - 1, w, note }
  CHOICE (W ("\x03"), 3, NULL),
  CHOICE ("}X\x05\0\0\0model" W ("\x02") "s", 2, NULL),
  CHOICE ("}X\x03\0\0\0net" W ("\x02") "s", 2, NULL),
  CHOICE ("}X\x10\0\0\0model_state_dict" W ("\x02") "s", 2, NULL),
  CHOICE ("}(X\x05\0\0\0model" W ("\x02") "X\x09\0\0\0model_ema" W ("\x04") "u", 4,
          "uses “model_ema” (averaged while training) of the weights in it; “model” is left out"),
  CHOICE ("}(X\x05\0\0\0model" W_AND_V ("\x02") "X\x03\0\0\0ema" W ("\x04") "u", 2,
          "uses “model” of the weights in it; “ema” is left out"),
  CHOICE ("}X\x03\0\0\0ema}(X\x05\0\0\0decayK\x01X\x06\0\0\0module" W ("\x05") "us", 5, NULL),
  CHOICE ("}(X\x05\0\0\0epochK\x05X\x06\0\0\0my net" W ("\x01") "u", 1, NULL),
  CHOICE ("cmy\nDict\n)\x81(" TEXT_1 ("w") TENSOR (FLOATS, "\x05", "K\x01\x85", "K\x01\x85") "u", 5, NULL),
#undef CHOICE
};

static void
test_choice (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnStateDict) dict = load_pickle (choices[i].pickle, choices[i].size, &error);
  CnnTensor *w;

  g_assert_no_error (error);
  g_assert_cmpstr (cnn_state_dict_get_note (dict), ==, choices[i].note);
  w = cnn_state_dict_find (dict, "w");
  g_assert_nonnull (w);
  g_assert_cmpfloat (cnn_tensor_get_data (w)[0], ==, choices[i].w);
}

/* What wrappers put before all names is taken away; what only some have stays. */
static void
test_prefix (void)
{
  static const char wrapped[] =
    "\x80\x02}(X\x18\0\0\0module._orig_mod.model.w" TENSOR (FLOATS, "\x01", "K\x01\x85", "K\x01\x85")
    "X\x1a\0\0\0module._orig_mod.model.f.v" TENSOR (FLOATS, "\x01", "K\x01\x85", "K\x01\x85") "u.";
  static const char mixed[] =
    "\x80\x02}(X\x08\0\0\0module.w" TENSOR (FLOATS, "\x01", "K\x01\x85", "K\x01\x85")
    TEXT_1 ("v") TENSOR (FLOATS, "\x01", "K\x01\x85", "K\x01\x85") "u.";
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnStateDict) dict = load_pickle (wrapped, sizeof wrapped - 1, &error);
  g_autoptr (CnnStateDict) other = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (cnn_state_dict_get_name (dict, 0), ==, "w");
  g_assert_cmpstr (cnn_state_dict_get_name (dict, 1), ==, "f.v");
  g_assert_nonnull (cnn_state_dict_find (dict, "f.v"));

  other = load_pickle (mixed, sizeof mixed - 1, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (cnn_state_dict_get_name (other, 0), ==, "module.w");
}

/* Storages without a type, whose tensors have one, and tensors of other classes. */
static void
test_newer_tensors (void)
{
#define V3(storage, offset, size, type) \
  "ctorch._utils\n_rebuild_tensor_v3\n(" storage "K" offset "K" size "\x85K\x01\x85\x89N" type "tR"
#define BYTES STORAGE ("UntypedStorage", "\x18")
  static const char typed[] = ONE_TENSOR (V3 (BYTES, "\x01", "\x05", "ctorch\nfloat32\n"));
  static const char too_long[] = ONE_TENSOR (V3 (BYTES, "\x02", "\x05", "ctorch\nfloat32\n"));
  static const char eight_bits[] = ONE_TENSOR (V3 (BYTES, "\x00", "\x05", "ctorch\nfloat8_e4m3fn\n"));
  static const char subclass[] =
    ONE_TENSOR ("ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._utils\n_rebuild_tensor_v2\ncmy\nTensor\n"
                "(" FLOATS "K\x01K\x02\x85K\x01\x85\x89Nt}tR");
  const struct { const char *pickle; gsize size; float first; const char *says; } cases[] = {
    { typed, sizeof typed - 1, 1, NULL },
    { subclass, sizeof subclass - 1, 1, NULL },
    { too_long, sizeof too_long - 1, 0, "does not fit into storage" },
    { eight_bits, sizeof eight_bits - 1, 0, "a tensor is of torch.float8_e4m3fn, expected float" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) zip = model_bytes_zip ("a/data.pkl", cases[i].pickle, cases[i].size,
                                                "a/data/0", numbers, sizeof numbers, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (CnnStateDict) dict = load (zip, &error);

      if (cases[i].says != NULL)
        {
          g_assert_error (error, CNN_ERROR, error->code);
          g_assert_nonnull (strstr (error->message, cases[i].says));
          continue;
        }

      g_assert_no_error (error);
      g_assert_cmpfloat (cnn_tensor_get_data (cnn_state_dict_find (dict, "w"))[0], ==, cases[i].first);
    }
#undef BYTES
#undef V3
}

static void
test_archives (void)
{
  const struct { GBytes *bytes; const char *says; } cases[] = {
    { model_bytes_zip ("m/code/x.py", "pass", (gsize) 4, "m/data.pkl", "N.", (gsize) 2, NULL), "is a TorchScript archive" },
    { model_bytes_zip ("weights.npy", "abc", (gsize) 3, NULL), "without data.pkl" },
    { model_bytes_zip ("m/data.pkl", "\x80\x02}.", (gsize) 4, "m/byteorder", "big", (gsize) 3, NULL), "m/byteorder: is not “little”" },
    { model_bytes_zip ("m/constants.pkl", "N.", (gsize) 2, "m/data.pkl", "N.", (gsize) 2, NULL), "torch.save(torch.jit.load(\"OLD.pt\").state_dict(), \"NEW.pth\")" },
    { new_bomb (), "m/data.pkl: is compressed, and unpacks to over 16 times the file" },
    { g_bytes_new ("PK\3\4 and nothing else", 22), "is cut or damaged" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (load (cases[i].bytes, &error));
      g_assert_nonnull (error);
      if (strstr (error->message, cases[i].says) == NULL)
        g_error ("case %u says “%s”, expected “%s”", i, error->message, cases[i].says);
      g_bytes_unref (cases[i].bytes);
    }
}

static CnnStateDict *
load_pack (const char *name)
{
  g_autofree char *path = pack_find (name);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  CnnStateDict *dict = cnn_state_dict_load (file, NULL, &error);

  g_assert_no_error (error);

  return dict;
}

typedef struct
{
  const char *name;
  const char *reference;
  float tolerance;
} Variant;

#define EIGHTH "zoo/variants/resnet18-eighth"
#define SQUEEZENET "models/squeezenet1_1-imagenet"

/* Weights are exact in bfloat16; running statistics are not. */
static const Variant variants[] = {
  { EIGHTH ".pth", EIGHTH ".safetensors", 0 },
  { EIGHTH "-legacy.pth", EIGHTH ".safetensors", 0 },
  { EIGHTH "-checkpoint.pth", EIGHTH ".safetensors", 0 },
  { EIGHTH "-parameters.pth", EIGHTH ".safetensors", 0 },
  { EIGHTH "-half.pth", EIGHTH ".safetensors", 0x1p-11f },
  { EIGHTH "-bfloat16.pth", EIGHTH ".safetensors", 0x1p-8f },
  { EIGHTH "-double-legacy.pth", EIGHTH ".safetensors", 0 },
  { EIGHTH "-views.pth", EIGHTH ".safetensors", 0 },
  { EIGHTH "-views-legacy.pth", EIGHTH ".safetensors", 0 },
  { SQUEEZENET ".pth", SQUEEZENET ".safetensors", 0 },
  { SQUEEZENET ".legacy.pth", SQUEEZENET ".safetensors", 0 },
};

static void
test_variant (gconstpointer data)
{
  const Variant *variant = data;
  g_autofree char *path = pack_find (variant->name);
  g_autoptr (CnnStateDict) dict = NULL;
  g_autoptr (CnnStateDict) reference = NULL;

  if (pack_skip (path))
    return;

  dict = load_pack (variant->name);
  reference = load_pack (variant->reference);
  g_assert_cmpuint (cnn_state_dict_get_size (dict), ==, cnn_state_dict_get_size (reference));

  for (guint i = 0; i < cnn_state_dict_get_size (reference); i++)
    {
      const char *name = cnn_state_dict_get_name (reference, i);
      CnnTensor *expected = cnn_state_dict_get (reference, i);
      CnnTensor *found = cnn_state_dict_find (dict, name);

      if (found == NULL)
        g_error ("%s lacks %s", variant->name, name);
      g_assert_true (cnn_shape_equal (cnn_tensor_get_shape (found), cnn_tensor_get_shape (expected)));
      for (gsize j = 0; j < cnn_tensor_get_n_elements (expected); j++)
        {
          float e = cnn_tensor_get_data (expected)[j];
          float slack = variant->tolerance > 0 ? 0x1p-24f : 0;

          g_assert_cmpfloat (fabsf (e - cnn_tensor_get_data (found)[j]), <=, variant->tolerance * fabsf (e) + slack);
        }
    }
}

static void
test_whole_module (void)
{
  g_autofree char *path = pack_find (EIGHTH "-whole-module.pth");
  g_autoptr (GFile) file = NULL;
  g_autoptr (GError) error = NULL;

  if (pack_skip (path))
    return;

  file = g_file_new_for_path (path);
  g_assert_null (cnn_state_dict_load (file, NULL, &error));
  g_assert_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "torchvision.models.resnet.ResNet object"));
  g_assert_nonnull (strstr (error->message, "save model.state_dict() instead, with: torch.save(torch.load("));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/torch/view", test_view);
  g_test_add_func ("/engine/torch/zip", test_zip);
  g_test_add_func ("/engine/torch/deflated", test_deflated);
  g_test_add_func ("/engine/torch/prefix", test_prefix);
  g_test_add_func ("/engine/torch/newer-tensors", test_newer_tensors);
  g_test_add_func ("/engine/torch/loops", test_loops);
  g_test_add_func ("/engine/torch/archives", test_archives);
  g_test_add_func ("/engine/torch/whole-module", test_whole_module);

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *path = g_strdup_printf ("/engine/torch/refusal/%u", i);

      g_test_add_data_func (path, &refusals[i], test_refusal);
    }

  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      g_autofree char *path = g_strdup_printf ("/engine/torch/choice/%u", i);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_choice);
    }

  for (guint i = 0; i < G_N_ELEMENTS (variants); i++)
    {
      g_autofree char *base = g_path_get_basename (variants[i].name);
      g_autofree char *path = g_strconcat ("/engine/torch/variant/", base, NULL);

      g_test_add_data_func (path, &variants[i], test_variant);
    }

  return g_test_run ();
}
