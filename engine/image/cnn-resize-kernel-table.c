#include "image/cnn-resize-private.h"

static CnnResizeKernels tables[CNN_CPU_AVX512 + 1];

static void
fill_tables (void)
{
  /* Not beyond: the functions that fill in use the instructions themselves. */
  for (guint level = CNN_CPU_C; level <= cnn_cpu_get_level (); level++)
    {
      cnn_resize_kernels_init_c (&tables[level]);
#ifdef CNN_HAVE_AVX2
      if (level >= CNN_CPU_AVX2)
        cnn_resize_kernels_init_avx2 (&tables[level]);
#endif
#ifdef CNN_HAVE_AVX512
      if (level >= CNN_CPU_AVX512)
        cnn_resize_kernels_init_avx512 (&tables[level]);
#endif
    }
}

/* The kernels for a level that this processor has; those that the compiler could
 * not make are the ones of the level below. */
const CnnResizeKernels *
cnn_resize_kernels_get (CnnCpuLevel level)
{
  static gsize filled = 0;

  if (g_once_init_enter (&filled))
    {
      fill_tables ();
      g_once_init_leave (&filled, 1);
    }

  return &tables[level];
}
