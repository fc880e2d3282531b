// Verifies the ad-hoc signature of a Mach-O image the way macOS does before it lets an arm64 program run: every page
// hash, every special slot, and that the signature ends the file. Prints one line; exits 1 where anything is wrong.
package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"

	"github.com/blacktop/go-macho"
	"github.com/blacktop/go-macho/pkg/codesign/types"
)

func main() {
	said, err := verify(os.Args[1])
	if err != nil {
		fmt.Println("bad signature:", err)
		os.Exit(1)
	}
	fmt.Println(said)
}

func verify(path string) (string, error) {
	image, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	file, err := macho.NewFile(bytes.NewReader(image))
	if err != nil {
		return "", err
	}
	signature := file.CodeSignature()
	if signature == nil {
		return "unsigned", nil
	}
	if len(signature.Errors) > 0 {
		return "", signature.Errors[0]
	}
	linkedit := file.Segment("__LINKEDIT")
	end := uint64(signature.Offset) + uint64(signature.Size)
	if end != uint64(len(image)) || linkedit.Offset+linkedit.Filesz != end {
		return "", fmt.Errorf("it ends at %d, __LINKEDIT at %d, the file at %d", end, linkedit.Offset+linkedit.Filesz, len(image))
	}
	if len(signature.CodeDirectories) != 1 || len(signature.CMSSignature) != 0 {
		return "", fmt.Errorf("%d code directories, %d bytes of CMS", len(signature.CodeDirectories), len(signature.CMSSignature))
	}
	directory := signature.CodeDirectories[0]
	return fmt.Sprintf("%d pages of %d bytes", len(directory.CodeSlots), 1<<directory.Header.PageSize),
		check(image, uint64(signature.Offset), directory)
}

// check compares the hash of each page of the code with its slot.
func check(image []byte, start uint64, directory types.CodeDirectory) error {
	if directory.Header.Flags&types.ADHOC == 0 {
		return fmt.Errorf("flags %v are not those of an ad-hoc signature", directory.Header.Flags)
	}
	if directory.CodeLimit != start || directory.Header.HashType != types.HASHTYPE_SHA256 {
		return fmt.Errorf("covers %d bytes of %d with %v", directory.CodeLimit, start, directory.Header.HashType)
	}
	page := uint64(1) << directory.Header.PageSize
	if pages := (start + page - 1) / page; pages != uint64(len(directory.CodeSlots)) {
		return fmt.Errorf("%d hashes for %d pages", len(directory.CodeSlots), pages)
	}
	for at, slot := range directory.CodeSlots {
		from := uint64(at) * page
		hash := sha256.Sum256(image[from:min(from+page, start)])
		if !bytes.Equal(hash[:], slot.Hash) {
			return fmt.Errorf("page %d has another hash", at)
		}
	}
	return nil
}
