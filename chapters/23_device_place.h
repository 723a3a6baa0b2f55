/* 23_device_place.h: where the regions run, and the memory that they see.
 *
 * A region is a loop under `#pragma omp target`: it runs on OpenMP's default device, which may be
 * the host itself. Compiled without OpenMP it is a loop like any other. Only a program that was
 * built with -DOFFLOAD (make does, where the compiler can) has regions for another processor in it,
 * and asks OpenMP for one; elsewhere the only memory there is is the host's. */
#ifndef CHAPTER_23_DEVICE_PLACE_H
#define CHAPTER_23_DEVICE_PLACE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _OPENMP
#include <omp.h>
#else
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#endif

#include "error.h"

typedef struct {
    int number; /* OpenMP's, of the device; or below 0: the host */
} Place;

static inline bool place_is_host(Place place)
{
    return place.number < 0;
}

/* -- finding one ------------------------------------------------------------------------------- */

/* How many devices there are besides the host. */
static inline int devices_found(void)
{
#ifdef OFFLOAD
    return omp_get_num_devices();
#else
    return 0;
#endif
}

/* Sends regions there from now on. Whether they do run there. */
static inline bool place_use(Place place)
{
#ifdef OFFLOAD
    int on_host = 1;
    omp_set_default_device(place_is_host(place) ? omp_get_initial_device() : place.number);
#pragma omp target map(from : on_host)
    on_host = omp_is_initial_device();
    return !on_host == !place_is_host(place);
#else
    return place_is_host(place);
#endif
}

/* What the environment says of offloading: "MANDATORY", "DISABLED", or "". */
static inline const char *offload_wish(void)
{
    const char *wish = getenv("OMP_TARGET_OFFLOAD");
    return wish ? wish : "";
}

static inline bool place_missing(const char *word)
{
#ifdef OFFLOAD
    if (strcmp(offload_wish(), "DISABLED") == 0)
        return error_return("--device %s: OMP_TARGET_OFFLOAD is DISABLED: expected auto or host",
                            word);
    if (devices_found() == 0)
        return error_return("--device %s: OpenMP finds no device here: expected auto or host",
                            word);
    return error_return("--device %s: OpenMP finds %d devices here, numbered from 0: expected one "
                        "of these, auto or host",
                        word, devices_found());
#else
    return error_return("--device %s: this program was built for the host alone: expected auto or "
                        "host",
                        word);
#endif
}

/* The one that --device names: "auto", the first that there is or the host; "host"; or a number.
 * False with error_text() set if it is not there. */
static inline bool place_find(Place *place, const char *word)
{
    const bool any = strcmp(word, "auto") == 0, host = strcmp(word, "host") == 0;
    place->number = host ? -1 : any ? (devices_found() > 0 ? 0 : -1) : atoi(word);
    if (!any && place->number >= devices_found())
        return place_missing(word);
    if (!host && place_is_host(*place) && strcmp(offload_wish(), "MANDATORY") == 0)
        return error_return("OMP_TARGET_OFFLOAD is MANDATORY, and %s; --device host runs all the "
                            "same",
#ifdef OFFLOAD
                            "OpenMP finds no device here"
#else
                            "this program was built for the host alone"
#endif
        );
    return place_use(*place) ||
           error_return("--device %s: OpenMP runs the regions on the host all the same", word);
}

static inline void place_say(Place place)
{
    if (!place_is_host(place))
        printf("The regions run on device %d, one of %d.\n", place.number, devices_found());
#ifdef OFFLOAD
    else if (strcmp(offload_wish(), "DISABLED") == 0)
        printf("The regions run on the host: OMP_TARGET_OFFLOAD is DISABLED.\n");
    else if (devices_found() > 0)
        printf("The regions run on the host, as --device says.\n");
    else
        printf("The regions run on the host: OpenMP finds no device.\n");
#else
    else
        printf("The regions run on the host: that is what this program was built for.\n");
#endif
}

/* -- its memory -------------------------------------------------------------------------------- */

/* Only regions may look into it. */
static inline void *place_new(Place place, size_t bytes)
{
    void *memory = NULL;
#ifdef OFFLOAD
    if (!place_is_host(place))
        memory = omp_target_alloc(bytes, place.number);
    else
#endif
        memory = malloc(bytes);
    (void)place;
    if (!memory)
        error_stop("no memory for %zu bytes where the regions run", bytes);
    return memory;
}

static inline void place_free(Place place, void *memory)
{
#ifdef OFFLOAD
    if (!place_is_host(place)) {
        omp_target_free(memory, place.number);
        return;
    }
#endif
    (void)place;
    free(memory);
}

/* From the host's memory to that of the place, and back. */
static inline void place_send(Place place, size_t bytes, void *there, const void *here)
{
#ifdef OFFLOAD
    if (!place_is_host(place)) {
        if (omp_target_memcpy(there, here, bytes, 0, 0, place.number, omp_get_initial_device()))
            error_stop("%zu bytes could not be sent to device %d", bytes, place.number);
        return;
    }
#endif
    (void)place;
    memcpy(there, here, bytes);
}

static inline void place_fetch(Place place, size_t bytes, void *here, const void *there)
{
#ifdef OFFLOAD
    if (!place_is_host(place)) {
        if (omp_target_memcpy(here, there, bytes, 0, 0, omp_get_initial_device(), place.number))
            error_stop("%zu bytes could not be fetched from device %d", bytes, place.number);
        return;
    }
#endif
    (void)place;
    memcpy(here, there, bytes);
}

#endif
