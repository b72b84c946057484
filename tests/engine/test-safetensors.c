#include "core/cnn-error.h"
#include "formats/cnn-state-dict.h"
#include "support/pack.h"
#include "support/temporary.h"

#include <math.h>
#include <string.h>

/* A file of a header and n_data bytes 0, 1, 2, … */
static GFile *
make_file (const char *header,
           gsize       n_data)
{
  guint64 length = GUINT64_TO_LE ((guint64) strlen (header));
  g_autoptr (GByteArray) file = g_byte_array_new ();

  g_byte_array_append (file, (const guint8 *) &length, sizeof length);
  g_byte_array_append (file, (const guint8 *) header, strlen (header));
  for (gsize i = 0; i < n_data; i++)
    {
      guint8 byte = i;

      g_byte_array_append (file, &byte, 1);
    }

  return temporary_new ("test.safetensors", file->data, file->len);
}

static CnnStateDict *
load_header (const char  *header,
             gsize        n_data,
             GError     **error)
{
  GFile *file = make_file (header, n_data);
  CnnStateDict *dict = cnn_state_dict_load (file, NULL, error);

  temporary_free (file);

  return dict;
}

static void
test_save_load (void)
{
  const float numbers[] = { 1.5f, -2, INFINITY, 0x1p-140f, 5, 6 };
  g_autoptr (CnnTensor) matrix = cnn_tensor_new_from_data (&CNN_SHAPE_2 (2, 3), numbers);
  g_autoptr (CnnTensor) scalar = cnn_tensor_new_from_data (&(CnnShape) { 0 }, numbers);
  g_autoptr (CnnTensor) empty = cnn_tensor_new (&CNN_SHAPE_2 (0, 3));
  g_autoptr (CnnStateDict) dict = cnn_state_dict_new ();
  g_autoptr (CnnStateDict) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  gsize first_size, second_size;
  GFile *file = temporary_new ("again.safetensors", "old", 3);

  cnn_state_dict_add (dict, "z.weight", matrix);
  cnn_state_dict_add (dict, "a \"quoted\"\n\\ name, größer", scalar);
  cnn_state_dict_add (dict, "empty", empty);

  g_assert_true (cnn_state_dict_save (dict, file, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_load_contents (file, NULL, &first, &first_size, NULL, NULL));
  again = cnn_state_dict_load (file, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (cnn_state_dict_save (again, file, NULL, &error));
  g_assert_true (g_file_load_contents (file, NULL, &second, &second_size, NULL, NULL));
  temporary_free (file);

  g_assert_cmpmem (first, first_size, second, second_size);
  g_assert_cmpuint ((first_size - 7 * sizeof (float)) % 64, ==, 0);
  g_assert_cmpuint (cnn_state_dict_get_size (again), ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      CnnTensor *a = cnn_state_dict_get (dict, i);
      CnnTensor *b = cnn_state_dict_find (again, cnn_state_dict_get_name (dict, i));

      g_assert_cmpstr (cnn_state_dict_get_name (again, i), ==, cnn_state_dict_get_name (dict, i));
      g_assert_nonnull (b);
      g_assert_true (cnn_shape_equal (cnn_tensor_get_shape (a), cnn_tensor_get_shape (b)));
      g_assert_cmpmem (cnn_tensor_get_data (a), cnn_tensor_get_n_elements (a) * sizeof (float),
                       cnn_tensor_get_data (b), cnn_tensor_get_n_elements (b) * sizeof (float));
    }
}

/* A save that does not come to its end leaves the old file alone. */
static void
test_save_cancelled (void)
{
  g_autoptr (CnnStateDict) dict = cnn_state_dict_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;
  GFile *file = temporary_new ("kept.safetensors", "old", 3);

  g_cancellable_cancel (cancellable);
  g_assert_false (cnn_state_dict_save (dict, file, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (g_file_load_contents (file, NULL, &contents, NULL, NULL, NULL));
  g_assert_cmpstr (contents, ==, "old");
  temporary_free (file);
}

static void
test_types (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnStateDict) dict = NULL;
  guint8 bytes[64] = { 0 };
  const guint16 f16[] = { 0x3c00, 0xc000, 0x7bff, 0x0001, 0x8400, 0x7c00, 0xfc00, 0x7e00 };
  const float f16_expected[] = { 1, -2, 65504, 0x1p-24f, -0x1p-14f, INFINITY, -INFINITY, NAN };
  const char *header =
    "{\"f16\":{\"dtype\":\"F16\",\"shape\":[8],\"data_offsets\":[0,16]},"
    "\"i64\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[16,24]},"
    "\"f64\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[24,32]},"
    "\"i16\":{\"dtype\":\"I16\",\"shape\":[1],\"data_offsets\":[32,34]},"
    "\"bf16\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[34,36]},"
    "\"i8\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[36,37]},"
    "\"bool\":{\"dtype\":\"BOOL\",\"shape\":[2],\"data_offsets\":[37,39]},"
    "\"u8\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[39,40]},"
    "\"u16\":{\"dtype\":\"U16\",\"shape\":[1],\"data_offsets\":[40,42]},"
    "\"i32\":{\"dtype\":\"I32\",\"shape\":[1],\"data_offsets\":[42,46]},"
    "\"u32\":{\"dtype\":\"U32\",\"shape\":[1],\"data_offsets\":[46,50]},"
    "\"u64\":{\"dtype\":\"U64\",\"shape\":[1],\"data_offsets\":[50,58]}}";
  guint64 length = GUINT64_TO_LE ((guint64) strlen (header));
  gint64 i64 = GINT64_TO_LE (-7);
  union { double f; guint64 u; } f64 = { .f = 0.1 };
  g_autoptr (GByteArray) array = g_byte_array_new ();
  GFile *file;
  const float *numbers;

  for (guint i = 0; i < 8; i++)
    {
      bytes[2 * i] = f16[i] & 0xff;
      bytes[2 * i + 1] = f16[i] >> 8;
    }
  f64.u = GUINT64_TO_LE (f64.u);
  memcpy (bytes + 16, &i64, 8);
  memcpy (bytes + 24, &f64.u, 8);
  memcpy (bytes + 32, "\xfe\xff", 2);
  memcpy (bytes + 34, "\x49\xc0", 2);
  memcpy (bytes + 36, "\x80\x00\x02\x80", 4);
  memcpy (bytes + 40, "\xff\xff\xff\xff\xff\xff\x00\x00\x00\x80", 10);
  memcpy (bytes + 50, "\0\0\0\0\0\0\0\x80", 8);

  g_byte_array_append (array, (const guint8 *) &length, 8);
  g_byte_array_append (array, (const guint8 *) header, strlen (header));
  g_byte_array_append (array, bytes, 58);
  file = temporary_new ("types.safetensors", array->data, array->len);
  dict = cnn_state_dict_load (file, NULL, &error);
  temporary_free (file);
  g_assert_no_error (error);

  numbers = cnn_tensor_get_data (cnn_state_dict_find (dict, "f16"));
  for (guint i = 0; i < 8; i++)
    g_assert_true (numbers[i] == f16_expected[i] || (isnan (numbers[i]) && isnan (f16_expected[i])));

#define FIRST(name) (cnn_tensor_get_data (cnn_state_dict_find (dict, name))[0])
  g_assert_cmpfloat (FIRST ("i64"), ==, -7);
  g_assert_cmpfloat (FIRST ("f64"), ==, 0.1f);
  g_assert_cmpfloat (FIRST ("i16"), ==, -2);
  g_assert_cmpfloat (FIRST ("bf16"), ==, -3.140625f);
  g_assert_cmpfloat (FIRST ("i8"), ==, -128);
  g_assert_cmpfloat (FIRST ("u8"), ==, 128);
  g_assert_cmpfloat (FIRST ("u16"), ==, 65535);
  g_assert_cmpfloat (FIRST ("i32"), ==, -1);
  g_assert_cmpfloat (FIRST ("u32"), ==, 0x1p31f);
  g_assert_cmpfloat (FIRST ("u64"), ==, 0x1p63f);
  g_assert_cmpfloat (FIRST ("bool"), ==, 0);
  g_assert_cmpfloat ((&FIRST ("bool"))[1], ==, 1);
#undef FIRST
}

/* Each with what its message must say. */
static void
test_damaged (void)
{
#define ENTRY(dtype, shape, offsets) \
  "{\"w\":{\"dtype\":" dtype ",\"shape\":" shape ",\"data_offsets\":" offsets "}}"
  const struct { const char *header; gsize n_data; const char *says; } cases[] = {
    { ENTRY ("\"F32\"", "[2]", "[0,8]"), 7, "w: lies at bytes 0 to 8 of the data, the file has 7" },
    { ENTRY ("\"F32\"", "[3]", "[0,8]"), 8, "w: is 3 and has 8 bytes, expected 12" },
    { ENTRY ("\"F32\"", "[2]", "[8,0]"), 8, "lies at bytes 8 to 0" },
    { ENTRY ("\"F32\"", "[-2]", "[0,8]"), 8, "no usable shape" },
    { ENTRY ("\"F32\"", "[1.5]", "[0,8]"), 8, "no usable shape" },
    { ENTRY ("\"F32\"", "[1,1,1,1,1,1,2]", "[0,8]"), 8, "no usable shape" },
    { ENTRY ("\"F32\"", "[9000000000,9000000000]", "[0,8]"), 8, "no usable shape" },
    { ENTRY ("\"F32\"", "2", "[0,8]"), 8, "no usable shape" },
    { ENTRY ("\"F32\"", "[2]", "[0]"), 8, "no data_offsets" },
    { ENTRY ("\"F32\"", "[2]", "[0,99999999999999999999999]"), 8, "no data_offsets" },
    { ENTRY ("\"F8_E4M3\"", "[8]", "[0,8]"), 8, "numbers of type “F8_E4M3”" },
    { ENTRY ("3", "[8]", "[0,8]"), 8, "no dtype" },
    { "{\"w\":[]}", 8, "w: has no description" },
    { "{\"w\":{}, \"w\":{}}", 8, "has 2 entries with 1 different names" },
    { "{\"w\":", 8, "header: " },
    { "{\"w\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", 8, "nests deeper than 8 levels" },
    { "{\"\xff\":{}}", 8, "is not UTF-8" },
  };
#undef ENTRY

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (load_header (cases[i].header, cases[i].n_data, &error));
      g_assert_nonnull (error);
      g_assert_true (error->domain == CNN_ERROR);
      if (strstr (error->message, cases[i].says) == NULL ||
          strstr (error->message, "test.safetensors: ") == NULL ||
          strchr (error->message, '\n') != NULL)
        g_error ("case %u says “%s”, expected “%s”", i, error->message, cases[i].says);
    }
}

/* No two tensors may share bytes. */
static void
test_shared_bytes (void)
{
  static const char header[] =
    "{\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]},"
    "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
  g_autoptr (GError) error = NULL;

  g_assert_null (load_header (header, 12, &error));
  g_assert_error (error, CNN_ERROR, CNN_ERROR_DAMAGED);
  g_assert_nonnull (strstr (error->message, "b: lies at bytes 4 to 12 of the data, expected it after a, which ends at byte 8"));
}

/* What a type cannot hold is not written; what it can comes back as its nearest, ties
 * to even; and integers stay integers. */
static void
test_export (void)
{
  const struct { CnnFloatType type; float number; float expected; } cases[] = {
    { CNN_FLOAT_F32, 0.1f, 0.1f },
    { CNN_FLOAT_F16, 1 + 0x1p-11f, 1 },
    { CNN_FLOAT_F16, 1 + 0x3p-11f, 1 + 0x1p-9f },
    { CNN_FLOAT_F16, -65519, -65504 },
    { CNN_FLOAT_F16, 0x1p-25f, 0 },
    { CNN_FLOAT_F16, 0x1.8p-24f, 0x1p-23f },
    { CNN_FLOAT_F16, -0x1p-24f, -0x1p-24f },
    { CNN_FLOAT_F16, 0x1.fffp-15f, 0x1p-14f },
    { CNN_FLOAT_F16, INFINITY, INFINITY },
    { CNN_FLOAT_BF16, 1 + 0x1p-8f, 1 },
    { CNN_FLOAT_BF16, 1 + 0x3p-8f, 1 + 0x1p-6f },
    { CNN_FLOAT_BF16, 1e38f, 0x1.2cp126f },
    { CNN_FLOAT_BF16, -0x1p-140f, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CnnTensor) tensor = cnn_tensor_new_from_data (&CNN_SHAPE_1 (1), &cases[i].number);
      g_autoptr (CnnStateDict) dict = cnn_state_dict_new ();
      g_autoptr (CnnStateDict) again = NULL;
      g_autoptr (GError) error = NULL;
      GFile *file = temporary_new ("export.safetensors", "old", 3);

      cnn_state_dict_add (dict, "w", tensor);
      g_assert_true (cnn_state_dict_export (dict, cases[i].type, file, NULL, &error));
      g_assert_no_error (error);
      again = cnn_state_dict_load (file, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpfloat (cnn_tensor_get_data (cnn_state_dict_find (again, "w"))[0], ==, cases[i].expected);
      temporary_free (file);
    }
}

static void
test_export_too_large (void)
{
  const struct { CnnFloatType type; float number; const char *says; } cases[] = {
    { CNN_FLOAT_F16, 65520, "w: holds 65520, which is too large for F16" },
    { CNN_FLOAT_BF16, -0x1.fffffep127f, "w: holds -3.40282e+38, which is too large for BF16" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CnnTensor) tensor = cnn_tensor_new_from_data (&CNN_SHAPE_1 (1), &cases[i].number);
      g_autoptr (CnnStateDict) dict = cnn_state_dict_new ();
      g_autoptr (GError) error = NULL;
      g_autofree char *contents = NULL;
      GFile *file = temporary_new ("export.safetensors", "old", 3);

      cnn_state_dict_add (dict, "w", tensor);
      g_assert_false (cnn_state_dict_export (dict, cases[i].type, file, NULL, &error));
      g_assert_nonnull (strstr (error->message, cases[i].says));
      g_assert_true (g_file_load_contents (file, NULL, &contents, NULL, NULL, NULL));
      g_assert_cmpstr (contents, ==, "old");
      temporary_free (file);
    }
}

/* Counters of PyTorch are I64, and have to be so again. */
static void
test_export_integers (void)
{
  static const char header[] =
    "{\"n\":{\"dtype\":\"I16\",\"shape\":[],\"data_offsets\":[0,2]}}";
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnStateDict) dict = load_header (header, 2, &error);
  g_autofree char *contents = NULL;
  gint64 number;
  gsize size;
  GFile *file = temporary_new ("export.safetensors", "old", 3);

  g_assert_no_error (error);
  g_assert_true (cnn_state_dict_export (dict, CNN_FLOAT_F16, file, NULL, &error));
  g_assert_true (g_file_load_contents (file, NULL, &contents, &size, NULL, NULL));
  g_assert_nonnull (strstr (contents + 8, "{\"__metadata__\":{\"format\":\"pt\"},\"n\":{\"dtype\":\"I64\""));
  memcpy (&number, contents + size - 8, 8);
  g_assert_cmpint (GINT64_FROM_LE (number), ==, 0x0100);
  temporary_free (file);
}

/* Many entries over the same few bytes must not multiply into much memory. */
static void
test_overlap (void)
{
  g_autoptr (GString) header = g_string_new ("{");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2000; i++)
    g_string_append_printf (header, "%s\"%u\":{\"dtype\":\"U8\",\"shape\":[100000],\"data_offsets\":[0,100000]}",
                            i > 0 ? "," : "", i);
  g_string_append_c (header, '}');

  g_assert_null (load_header (header->str, 100000, &error));
  g_assert_error (error, CNN_ERROR, CNN_ERROR_DAMAGED);
}

/* A header of brackets or commas alone would make a JSON tree of fifty times its
 * size. */
static void
test_dense_header (void)
{
  const char *const parts[] = { "0,", "{}," };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autoptr (GString) header = g_string_new ("{\"w\":{\"dtype\":\"F32\",\"shape\":[");
      g_autoptr (GError) error = NULL;

      for (guint j = 0; j < 1000; j++)
        g_string_append (header, parts[i]);
      g_string_append (header, "0],\"data_offsets\":[0,0]}}");

      g_assert_null (load_header (header->str, 0, &error));
      g_assert_error (error, CNN_ERROR, CNN_ERROR_DAMAGED);
      g_assert_nonnull (strstr (error->message, "more than descriptions of tensors need"));
    }
}

static void
test_header_length (void)
{
  const guint8 cut[] = { 200, 0, 0, 0, 0, 0, 0, 0, '{', '"' };
  g_autoptr (GError) error = NULL;
  GFile *file = temporary_new ("cut.safetensors", cut, sizeof cut);

  g_assert_null (cnn_state_dict_load (file, NULL, &error));
  g_assert_error (error, CNN_ERROR, CNN_ERROR_DAMAGED);
  g_assert_nonnull (strstr (error->message, "is 200 bytes long, the file has 2"));
  temporary_free (file);
}

static void
test_not_a_model (void)
{
  const struct { const char *contents; const char *says; } cases[] = {
    { "hello, I am a text\n", "is a text file" },
    { "version https://git-lfs.github.com/spec/v1\noid", "is a Git LFS pointer" },
    { "<!DOCTYPE html><html>", "is a web page" },
    { "\x89PNG\r\n\x1a\n", "is a PNG picture" },
    { "\x01\x02\xff", "starts with the bytes 01 02 ff" },
    { "", "is empty" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      GFile *file = temporary_new ("test.pth", cases[i].contents, strlen (cases[i].contents));

      g_assert_null (cnn_state_dict_load (file, NULL, &error));
      g_assert_nonnull (error);
      if (strstr (error->message, cases[i].says) == NULL)
        g_error ("case %u says “%s”, expected “%s”", i, error->message, cases[i].says);
      temporary_free (file);
    }
}

static void
test_not_a_file (void)
{
  const struct { const char *path; int code; } cases[] = {
    { "/", G_IO_ERROR_IS_DIRECTORY },
    { "/dev/zero", G_IO_ERROR_NOT_REGULAR_FILE },
    { "/no/such/file.pth", G_IO_ERROR_NOT_FOUND },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GFile) file = g_file_new_for_path (cases[i].path);
      g_autoptr (GError) error = NULL;

      g_assert_null (cnn_state_dict_load (file, NULL, &error));
      g_assert_error (error, G_IO_ERROR, cases[i].code);
      g_assert_nonnull (strstr (error->message, cases[i].path));
    }
}

/* The same weights unsorted, unpadded, escaped and in 16 bits. Weights are
 * exact in bfloat16, running statistics are not. */
static void
test_pack_variant (gconstpointer data)
{
  g_autofree char *path = pack_find (data);
  g_autofree char *reference_path = pack_find ("zoo/variants/resnet18-eighth.safetensors");
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = NULL;
  g_autoptr (GFile) reference_file = NULL;
  g_autoptr (CnnStateDict) dict = NULL;
  g_autoptr (CnnStateDict) reference = NULL;

  if (pack_skip (path))
    return;

  file = g_file_new_for_path (path);
  reference_file = g_file_new_for_path (reference_path);
  dict = cnn_state_dict_load (file, NULL, &error);
  g_assert_no_error (error);
  reference = cnn_state_dict_load (reference_file, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cnn_state_dict_get_size (reference), ==, 122);

  for (guint i = 0; i < cnn_state_dict_get_size (reference); i++)
    {
      const char *name = cnn_state_dict_get_name (reference, i);
      CnnTensor *expected = cnn_state_dict_get (reference, i);
      CnnTensor *found = cnn_state_dict_find (dict, name);

      if (found == NULL)
        g_error ("%s lacks %s", (const char *) data, name);
      g_assert_true (cnn_shape_equal (cnn_tensor_get_shape (found), cnn_tensor_get_shape (expected)));
      for (gsize j = 0; j < cnn_tensor_get_n_elements (expected); j++)
        {
          float e = cnn_tensor_get_data (expected)[j];
          float f = cnn_tensor_get_data (found)[j];

          g_assert_cmpfloat (fabsf (e - f), <=, 0x1p-8f * fabsf (e) + 0x1p-24f);
        }
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/safetensors/save-load", test_save_load);
  g_test_add_func ("/engine/safetensors/save-cancelled", test_save_cancelled);
  g_test_add_func ("/engine/safetensors/types", test_types);
  g_test_add_func ("/engine/safetensors/shared-bytes", test_shared_bytes);
  g_test_add_func ("/engine/safetensors/export", test_export);
  g_test_add_func ("/engine/safetensors/export-too-large", test_export_too_large);
  g_test_add_func ("/engine/safetensors/export-integers", test_export_integers);
  g_test_add_func ("/engine/safetensors/damaged", test_damaged);
  g_test_add_func ("/engine/safetensors/overlap", test_overlap);
  g_test_add_func ("/engine/safetensors/dense-header", test_dense_header);
  g_test_add_func ("/engine/safetensors/header-length", test_header_length);
  g_test_add_func ("/engine/safetensors/not-a-model", test_not_a_model);
  g_test_add_func ("/engine/safetensors/not-a-file", test_not_a_file);
  g_test_add_data_func ("/engine/safetensors/f16", "zoo/variants/resnet18-eighth-f16.safetensors", test_pack_variant);
  g_test_add_data_func ("/engine/safetensors/bf16", "zoo/variants/resnet18-eighth-bf16.safetensors", test_pack_variant);

  return g_test_run ();
}
