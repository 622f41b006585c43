package demo

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// serverUser returns who the server runs as: ourselves, or, as root, the user
// postgres or nobody.
func serverUser() (uid, gid uint32, err error) {
	if os.Geteuid() != 0 {
		return uint32(os.Geteuid()), uint32(os.Getegid()), nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		id, idErr := strconv.ParseUint(u.Uid, 10, 32)
		group, groupErr := strconv.ParseUint(u.Gid, 10, 32)
		if idErr == nil && groupErr == nil && id != 0 {
			return uint32(id), uint32(group), nil
		}
	}
	return 0, 0, fmt.Errorf("PostgreSQL refuses to run as root, and this machine has no user postgres or nobody to run it as; run cdc demo as another user")
}

// folders returns where the server's parts lie, made and owned by its user. The
// programs are kept for the next time in a folder that this user can reach; the
// database lies below dir.
func folders(dir string, uid, gid uint32) (Folders, error) {
	shared := filepath.Join(os.TempDir(), fmt.Sprintf("cdc-demo-%d", uid))
	if os.Geteuid() != 0 {
		if home, err := os.UserCacheDir(); err == nil {
			shared = filepath.Join(home, "cdc", "demo")
		}
	}
	f := Folders{Cache: filepath.Join(shared, "cache"), Runtime: filepath.Join(shared, "run"), Data: filepath.Join(dir, "postgres", "data")}
	for _, folder := range []string{shared, f.Cache, f.Runtime, dir, filepath.Dir(f.Data)} {
		if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // the server's user must be able to pass
			return Folders{}, fmt.Errorf("make folder: %w", err)
		}
	}
	if os.Geteuid() != 0 {
		return f, nil
	}
	// The library makes and removes the folder of the data, so the one around it
	// must belong to the server's user.
	for _, folder := range []string{shared, f.Cache, f.Runtime, filepath.Dir(f.Data)} {
		if err := own(folder, uid, gid); err != nil {
			return Folders{}, err
		}
	}
	return f, passable(filepath.Dir(f.Data))
}

// own gives a folder to the server's user, unless somebody else planted it: in
// a temporary folder anybody can make any name.
func own(folder string, uid, gid uint32) error {
	info, err := os.Lstat(folder)
	if err != nil {
		return err
	}
	owner := info.Sys().(*syscall.Stat_t).Uid
	if !info.IsDir() || (owner != 0 && owner != uid) {
		return fmt.Errorf("%s belongs to somebody else; remove it", folder)
	}
	return os.Lchown(folder, int(uid), int(gid))
}

// passable reports a folder above the data that the server's user can't enter.
func passable(path string) error {
	for up := filepath.Dir(path); up != filepath.Dir(up); up = filepath.Dir(up) {
		info, err := os.Stat(up)
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o001 == 0 {
			return fmt.Errorf("%s can't be entered by the user that PostgreSQL runs as; choose another folder with --data, or chmod o+x %s", up, up)
		}
	}
	return nil
}
