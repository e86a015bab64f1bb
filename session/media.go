package session

import (
	"context"

	"parley/hub"
	"parley/session/wire"
)

// mostMedia bounds a list of media that a request names: well above what a message may carry.
const mostMedia = 100

func mediaSIDs(p *wire.Params) []hub.MediaSID {
	names := p.Strings("media", mostMedia)
	if len(names) == 0 {
		return nil
	}
	sids := make([]hub.MediaSID, len(names))
	for i, name := range names {
		sids[i] = hub.MediaSID(name)
	}
	return sids
}

// mediaURLs says where the content of media is to be had for a while. What is not there, or is nobody's business, is left out.
func mediaURLs(p *wire.Params) read {
	sids := mediaSIDs(p)
	return func(ctx context.Context, s *Session, dst []byte) ([]byte, hub.ConversationSID, error) {
		sign := s.server.config.SignMedia
		if sign == nil {
			return nil, "", hub.Errorf(hub.CodeUnknownMethod, "this server keeps no media")
		}
		media, err := s.server.hub.Media(ctx, s.actor, sids...)
		if err != nil {
			return nil, "", err
		}
		_, until := sign("")
		urls := make(map[hub.MediaSID]string, len(media))
		for _, m := range media {
			var path string
			path, until = sign(m.SID)
			urls[m.SID] = s.peer.Base + path
		}
		return wire.AppendMediaURLs(dst, urls, until), "", nil
	}
}
