// Hello calls three pieces of C: the maths library, the thread library, and its own.
package main

/*
#cgo LDFLAGS: -lm -lpthread

#include <math.h>
#include <pthread.h>

static void *answer(void *result) {
	*(int *)result = 42;
	return NULL;
}

// Runs answer in a thread of C's own. Returns -1 if there can be no thread.
static int answer_of_a_thread(void) {
	pthread_t thread;
	int result = 0;
	if (pthread_create(&thread, NULL, answer, &result) != 0) return -1;
	pthread_join(thread, NULL);
	return result;
}
*/
import "C"

import (
	"fmt"
	"runtime"
)

func main() {
	fmt.Printf("hello from %s/%s, sqrt(2)=%.5f, thread %d\n",
		runtime.GOOS, runtime.GOARCH, float64(C.sqrt(2)), int(C.answer_of_a_thread()))
}
