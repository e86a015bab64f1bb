package sqlite

import "os"

// keepLogSmall moves the log into the file when it has grown: the writer does it, since nobody else does (rule R11). Where a
// reader is in the way for longer than reads may last, as a backup is, it tries again when the log has grown by as much.
func (s *Store) keepLogSmall() {
	size := s.logSize()
	if size < max(s.config.LogLimit, s.logPast) {
		return
	}
	busy, err := s.checkpoint()
	if s.logPast = 0; busy || err != nil {
		s.logPast = size + s.config.LogLimit
		s.log.Warn("the log could not be restarted yet", "bytes", size, "err", err)
	}
}

func (s *Store) logSize() int64 {
	info, err := os.Stat(s.config.Path + "-wal")
	if err != nil {
		return 0
	}
	return info.Size()
}

// checkpoint moves the log into the file and empties it; busy tells that readers did not let it in time.
func (s *Store) checkpoint() (busy bool, err error) {
	var log, moved int
	err = s.write.row(lifelong, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &moved)
	return busy, err
}
