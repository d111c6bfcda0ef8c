/* Adds 5 ms to every fsync and fdatasync of the process it is preloaded into. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static void pause_a_little(void) {
    struct timespec wait = {0, 5000000};
    nanosleep(&wait, 0);
}

int fsync(int descriptor) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    pause_a_little();
    return real(descriptor);
}

int fdatasync(int descriptor) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    pause_a_little();
    return real(descriptor);
}
