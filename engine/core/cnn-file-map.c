#define G_LOG_DOMAIN "cnn-file-map"

/* A mapped file costs no copy, and the pages of it that nobody looks at cost no
 * memory. But it is not ours: a training script that saves over it cuts it to
 * nothing first, and whoever reads behind the new end gets a SIGBUS. Programs that
 * read journals while others rotate them have the cure that is used here: a
 * handler that knows the mapped ranges puts pages of zeros under the fault, and
 * marks the file as changed, and the read goes on. It is then for those who use
 * what they have read to ask cnn_file_map_check() before they hand it on.
 *
 * A signal handler can take no lock. The maps are a list that only ever grows;
 * entries are used again, and each is published by its start. */

#include "core/cnn-file-map.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/cnn-error.h"

typedef struct _Map Map;

struct _Map
{
  Map *next;                    /* set before the map is in the list, for good */
  _Atomic guintptr start;       /* 0: not in use */
  _Atomic guintptr end;         /* of the last page */
  atomic_int is_faulty;        /* pages of zeros have taken the place of the file's */

  /* Under the lock, or for those who hold the map's bytes. */
  int fd;
  gsize size;
  struct timespec modified;
};

static GMutex lock;
static _Atomic (Map *) maps;
static struct sigaction previous_action;
static gsize page_size;

/* The map that address lies in. Safe in a signal handler: a map that is released and
 * used again meanwhile is told by its start. */
static Map *
find_map (guintptr address)
{
  for (Map *map = atomic_load (&maps); map != NULL; map = map->next)
    {
      guintptr start = atomic_load (&map->start);
      guintptr end = atomic_load (&map->end);

      if (start != 0 && address >= start && address < end && atomic_load (&map->start) == start)
        return map;
    }

  return NULL;
}

/* What would have happened without us. */
static void
pass_on (int        number,
         siginfo_t *info,
         void      *context)
{
  if ((previous_action.sa_flags & SA_SIGINFO) != 0)
    previous_action.sa_sigaction (number, info, context);
  else if (previous_action.sa_handler != SIG_DFL && previous_action.sa_handler != SIG_IGN)
    previous_action.sa_handler (number);
  else
    signal (number, SIG_DFL);   /* the instruction is tried again, and the program ends */
}

/* Puts zeros in the place of what is left of the map from the fault on: where one
 * page is gone, those after it are. */
static void
bus_error_cb (int        number,
              siginfo_t *info,
              void      *context)
{
  guintptr page = (guintptr) info->si_addr & ~(guintptr) (page_size - 1);
  int saved_errno = errno;
  Map *map = find_map ((guintptr) info->si_addr);

  if (map == NULL ||
      mmap ((void *) page, atomic_load (&map->end) - page, PROT_READ,
            MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
    pass_on (number, info, context);
  else
    atomic_store (&map->is_faulty, TRUE);

  errno = saved_errno;
}

static void
ensure_handler (void)
{
  static gsize is_installed;

  if (g_once_init_enter (&is_installed))
    {
      struct sigaction action = { .sa_sigaction = bus_error_cb, .sa_flags = SA_SIGINFO | SA_ONSTACK };

      page_size = sysconf (_SC_PAGESIZE);
      sigemptyset (&action.sa_mask);
      sigaction (SIGBUS, &action, &previous_action);
      g_once_init_leave (&is_installed, 1);
    }
}

/* A map that is not in use, or a new one at the head of the list. */
static Map *
take_map (void)
{
  Map *map = atomic_load (&maps);

  while (map != NULL && map->fd >= 0)
    map = map->next;

  if (map == NULL)
    {
      map = g_new0 (Map, 1);
      map->next = atomic_load (&maps);
      atomic_store (&maps, map);
    }

  return map;
}

static void
publish (gpointer           start,
         gsize              size,
         int                fd,
         const struct stat *info)
{
  gsize whole = (size + page_size - 1) / page_size * page_size;
  Map *map;

  g_mutex_lock (&lock);
  map = take_map ();
  map->fd = fd;
  map->size = size;
  map->modified = info->st_mtim;
  atomic_store (&map->is_faulty, FALSE);
  atomic_store (&map->end, (guintptr) start + whole);
  atomic_store (&map->start, (guintptr) start);
  g_mutex_unlock (&lock);
}

static void
unmap (gpointer data)
{
  Map *map = find_map ((guintptr) data);
  guintptr end = atomic_load (&map->end);

  g_mutex_lock (&lock);
  atomic_store (&map->start, 0);
  munmap (data, end - (guintptr) data);
  close (map->fd);
  map->fd = -1;
  g_mutex_unlock (&lock);
}

static gboolean
set_errno_error (GError **error)
{
  int code = errno;

  g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));

  return FALSE;
}

/* Maps what is open as fd, which the map then owns. */
static GBytes *
map_open_file (int      fd,
               GError **error)
{
  struct stat info;
  gpointer start;

  if (fstat (fd, &info) != 0)
    {
      set_errno_error (error);
      return NULL;
    }

  if (!S_ISREG (info.st_mode) || info.st_size <= 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, "is not a file that can be mapped");
      return NULL;
    }

  ensure_handler ();
  start = mmap (NULL, info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (start == MAP_FAILED)
    {
      set_errno_error (error);
      return NULL;
    }

  publish (start, info.st_size, fd, &info);

  return g_bytes_new_with_free_func (start, info.st_size, unmap, start);
}

/**
 * cnn_file_map_new:
 * @path: a regular file that is not empty
 * @error: return location for a %G_IO_ERROR, which does not name the file
 *
 * Maps a file. What changes in the file later may or may not be seen; where it gets
 * shorter, zeros are read. cnn_file_map_check() tells.
 *
 * Engine-internal.
 *
 * Returns: (transfer full) (nullable): what the file holds
 */
GBytes *
cnn_file_map_new (const char  *path,
                  GError     **error)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
  GBytes *bytes;

  if (fd < 0)
    {
      set_errno_error (error);
      return NULL;
    }

  bytes = map_open_file (fd, error);
  if (bytes == NULL)
    close (fd);

  return bytes;
}

/**
 * cnn_file_map_contains:
 * @data: any address
 *
 * Engine-internal.
 *
 * Returns: whether @data lies in a mapped file
 */
gboolean
cnn_file_map_contains (gconstpointer data)
{
  return find_map ((guintptr) data) != NULL;
}

/**
 * cnn_file_map_check:
 * @data: any address, of which the caller holds the bytes where it is in a map
 * @error: return location for %CNN_ERROR_CHANGED, which does not name the file
 *
 * Finds out whether what lies at @data is still what the file held when it was
 * mapped. Costs a system call; what is in no mapped file is always good.
 *
 * Engine-internal.
 *
 * Returns: whether it is
 */
gboolean
cnn_file_map_check (gconstpointer   data,
                    GError        **error)
{
  Map *map = find_map ((guintptr) data);
  struct stat info;
  gboolean is_same;

  if (map == NULL)
    return TRUE;

  is_same = fstat (map->fd, &info) == 0 && info.st_size == (goffset) map->size &&
            info.st_mtim.tv_sec == map->modified.tv_sec && info.st_mtim.tv_nsec == map->modified.tv_nsec;

  if (is_same && !atomic_load (&map->is_faulty))
    return TRUE;

  g_set_error_literal (error, CNN_ERROR, CNN_ERROR_CHANGED,
                       is_same ? "could not be read from disk while it was open; open it again"
                               : "changed on disk while it was open; open it again");

  return FALSE;
}

/**
 * cnn_file_map_drop_pages:
 * @data: any address
 * @size: how many bytes
 *
 * Gives back the memory of the pages that lie wholly inside, if they are of a mapped
 * file: who looks at them next reads them from the file again.
 *
 * Engine-internal.
 */
void
cnn_file_map_drop_pages (gconstpointer data,
                         gsize         size)
{
  guintptr start = (guintptr) data;
  Map *map = find_map (start);
  guintptr first, end;

  if (map == NULL)
    return;

  first = (start + page_size - 1) / page_size * page_size;
  end = MIN (start + size, atomic_load (&map->end)) / page_size * page_size;
  if (first < end)
    madvise ((void *) first, end - first, MADV_DONTNEED);
}
